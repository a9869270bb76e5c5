// Reads a JSON list of Cypher statements and prints, for each, what Neo4j's own parser and semantic analysis say against it.
const { lintCypherQuery } = require("../../../clients/node_modules/@neo4j-cypher/language-support");

let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  const answers = JSON.parse(text).map((statement) =>
    lintCypherQuery(statement, {})
      .diagnostics.filter(({ severity, message }) => severity === 1 && !message.startsWith("Parameter "))
      .map(({ message }) => message),
  );
  process.stdout.write(JSON.stringify(answers));
});
