import { ClientPKey, EdgeFile } from '@graphistry/js-upload-api';
const client = new ClientPKey(KEY_ID, KEY_SECRET, 'acme', 'http', HOST);
const f = new EdgeFile([{ s: 'a', d: 'b' }], 'json', 'e', { parser_options: { orient: 'records' } });
await f.upload(client);
console.log(f.fileID, f.fileValidated);   // id, true
