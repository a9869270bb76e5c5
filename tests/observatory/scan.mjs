// The scanner's own retriever, tests and scores, for one path with cookies: its command knows hosts only.
import { readFileSync } from 'node:fs';
import { ALL_TESTS } from '@mdn/mdn-http-observatory/src/constants.js';
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from '@mdn/mdn-http-observatory/src/grader/charts.js';
import { getGradeForScore, getScoreModifier } from '@mdn/mdn-http-observatory/src/grader/grader.js';
import { retrieve } from '@mdn/mdn-http-observatory/src/retriever/retriever.js';

const { pages, httpPort, httpsPort, cookies } = JSON.parse(readFileSync(0, 'utf8'));
const found = {};
for (const { path, isSignedIn } of pages) {
  const headers = ['Accept: text/html', ...(isSignedIn ? [`Cookie: ${cookies}`] : [])];
  const options = { path, httpPort, httpsPort, headers };
  const requests = await retrieve('localhost', options);
  const results = ALL_TESTS.map((test) => test(requests)).filter((one) => one.result);
  const modifiers = results.map((one) => getScoreModifier(one.result));
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
  const plain = 100 + sum(modifiers.filter((one) => one < 0));
  const score = plain >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? 100 + sum(modifiers) : plain;
  found[path] = {
    score,
    grade: getGradeForScore(score).grade,
    status: requests.responses.auto?.status,
    failed: results.filter((one) => !one.pass).map((one) => one.result),
    all: results.map((one) => one.result),
  };
}
console.log(JSON.stringify(found));
