from graphkeep.server.cli import main

main()
