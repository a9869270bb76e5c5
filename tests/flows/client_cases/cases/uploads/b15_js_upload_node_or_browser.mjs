import { Client, EdgeFile, NodeFile, Dataset } from '@graphistry/js-upload-api';   // node-api / client-api 5.x re-export the same
const client = new Client('alice', process.env.G_PW, undefined, 'http', HOST);
const edges = new EdgeFile({ s: ['a', 'b'], d: ['b', 'c'] });
const nodes = new NodeFile({ n: ['a', 'b', 'c'], v: [1, 2, 3] });
const ds = new Dataset({ node_encodings: { bindings: { node: 'n' } }, edge_encodings: { bindings: { source: 's', destination: 'd' } }, metadata: {}, name: 't' }, edges, nodes, { play: 0 });
await ds.upload(client);
await ds.privacy(client, 'private');
console.log(ds.datasetURL);
