/** The address of the worker, as the Content-Security-Policy accepts it: Trusted Types allow this script alone. */
import url from './filterWorker?worker&url';

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

/** Named in the policy of src/graphkeep/server/http/headers.py. */
const POLICY_NAME = 'filter-worker';

let policy: ScriptUrlPolicy | undefined;

export function filterWorkerUrl(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
  policy ??= trustedTypes?.createPolicy(POLICY_NAME, { createScriptURL: onlyWorker });
  return policy ? policy.createScriptURL(url) : url;
}

function onlyWorker(requested: string): string {
  if (requested !== url) throw new TypeError('This is not the script of the filter worker.');
  return requested;
}
