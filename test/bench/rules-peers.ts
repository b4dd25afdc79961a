import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import type { Engine, Subject } from './rules-policy.ts';

const model = `
[request_definition]
r = sub, obj
[policy_definition]
p = sub, obj, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.sub == p.sub && segments(r.obj, p.obj)
`;

/** Casbin with a policy line for each rule. Its own matchers know paths; this one compares segments, each rule read once. */
export async function casbin(subjects: readonly Subject[]): Promise<Engine> {
  const lines = subjects.flatMap(({ name, rules }) =>
    rules.map((rule) => {
      const isDeny = rule.startsWith('-');
      return `p, ${name}, ${isDeny ? rule.slice(1) : rule}, ${isDeny ? 'deny' : 'allow'}`;
    }),
  );
  const enforcer = await newEnforcer(newModelFromString(model), new StringAdapter(lines.join('\n')));
  const read = new Map<string, string[]>();
  await enforcer.addFunction('segments', (permission: string, rule: string) => {
    let segments = read.get(rule);
    if (segments === undefined) read.set(rule, (segments = rule.split('.')));
    const parts = permission.split('.');
    return parts.length === segments.length && parts.every((part, at) => fits(segments[at] ?? '', part));
  });
  return ({ subject, permission }) => enforcer.enforceSync(subject, permission);
}

function fits(segment: string, part: string): boolean {
  const star = segment.indexOf('*');
  if (star === -1) return segment === part;
  return (
    part.length >= segment.length - 1 &&
    part.startsWith(segment.slice(0, star)) &&
    part.endsWith(segment.slice(star + 1))
  );
}

let sets = 0;

/** Cedar with a policy for each rule, parsed beforehand. The segments of what is asked for are the context. */
export function cedarWasm(subjects: readonly Subject[]): Engine {
  const id = `set-${sets++}`;
  const text = subjects.flatMap(({ name, rules }) => rules.map((rule) => cedarPolicy(name, rule))).join('\n');
  const parsed = cedar.preparsePolicySet(id, { staticPolicies: text });
  if (parsed.type === 'failure') throw new Error(`Cedar: ${parsed.errors[0]?.message ?? ''}`);
  return ({ subject, permission }) => {
    const parts = permission.split('.');
    const answer = cedar.statefulIsAuthorized({
      principal: { type: 'User', id: subject },
      action: { type: 'Action', id: 'use' },
      resource: { type: 'Keeper', id: 'keeper' },
      context: { count: parts.length, ...Object.fromEntries(parts.map((part, at) => [`s${at}`, part])) },
      preparsedPolicySetId: id,
      entities: [],
    });
    if (answer.type === 'failure') throw new Error(`Cedar: ${answer.errors[0]?.message ?? ''}`);
    return answer.response.decision === 'allow';
  };
}

/** What tells rules apart comes first, as the conditions of a policy are looked at in their order. */
function cedarPolicy(subject: string, rule: string): string {
  const isDeny = rule.startsWith('-');
  const segments = (isDeny ? rule.slice(1) : rule).split('.');
  const conditions = segments
    .map((segment, at) => ({ segment, field: `context.s${at}` }))
    .filter(({ segment }) => segment !== '*')
    .map(({ segment, field }) => `${field} ${segment.includes('*') ? 'like' : '=='} "${segment}"`)
    .reverse();
  const when = [`context.count == ${segments.length}`, ...conditions].join(' && ');
  return `${isDeny ? 'forbid' : 'permit'}(principal == User::"${subject}", action, resource) when { ${when} };`;
}
