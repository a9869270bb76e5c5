"""A program: TLS at one address, plain TCP to another. `python tls_front.py HOST PORT TARGET_PORT CERTIFICATE`."""

import asyncio
import ssl
import sys


async def pump(reader, writer):
    try:
        while received := await reader.read(1 << 16):
            writer.write(received)
            await writer.drain()
    except (OSError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def main(host, port, target, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def serve(reader, writer):
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))

    server = await asyncio.start_server(serve, host, port, ssl=context, reuse_address=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
