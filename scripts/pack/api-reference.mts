import { type Api, QUERY, TAGS } from '../../src/management/define/api.ts';
import type { Field } from '../../src/management/define/fields.ts';
import { knownMessages } from '../../src/management/define/known.ts';
import { CODES } from '../../src/management/define/refusal.ts';
import { APIS, RESOURCES } from '../../src/management/resource/definitions.ts';

const rights = new Map(knownMessages().map(({ message, right }) => [message, right]));

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const code = (text: string): string => `<code>${escaped(text)}</code>`;

const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

const table = (head: readonly string[], rows: readonly string[]): string =>
  `<table><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>\n${rows.join('\n')}</table>`;

/** What a value must hold to, in words. */
function limitsOf({
  values,
  min,
  max,
  maxLength,
  resource,
  default: usual,
  nonEmpty,
  secret,
}: Field): string {
  const range = min === undefined && max === undefined ? '' : `${min ?? ''}..${max ?? ''}`;
  const limits = [
    values === undefined ? '' : values.join(' | '),
    range,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    resource === undefined ? '' : `uuid of a ${resource.replace(/VO$/, '')}`,
    nonEmpty ? 'at least one' : '',
    usual === undefined ? '' : `otherwise ${usual}`,
    secret ? 'secret' : '',
  ];
  return escaped(limits.filter(Boolean).join('; '));
}

const parameter = ([name, field]: [string, Field]): string =>
  row([code(name), escaped(field.type), field.optional ? '' : 'needed', limitsOf(field)]);

function mayCall({ session, message }: Api): string {
  if (!session) return 'anybody, without a session';
  const right = rights.get(message);
  if (right === undefined) return 'admin';
  return right.name.endsWith(':read') ? 'accounts and their users' : 'accounts';
}

function placeOf({ rest }: Api): string {
  if (rest === undefined) return '';
  const paths = [rest.path, ...(rest.optionalPaths ?? [])].filter(Boolean).map((path) => `/zstack/v1${path}`);
  const key = rest.parameterName === undefined ? '' : ` ${code(`{"${rest.parameterName}": {…}}`)}`;
  return `${rest.method} ${paths.map(code).join(', ')}${key}`;
}

function section(api: Api): string {
  const { name, message, sync, kind, params, answers = {} } = api;
  const fields = Object.entries(kind === 'create' ? { ...params, ...TAGS } : params);
  const shown = kind === 'query' ? [] : fields.filter(([, { hidden }]) => !hidden);
  const facts = [
    ['message', code(message)],
    ['REST', placeOf(api)],
    ['answer', [sync ? 'at once' : 'a job', ...Object.keys(answers).map(code)].join(', ')],
    ['for', mayCall(api)],
  ].filter(([, fact]) => fact !== '');
  const lists = shown.length === 0 ? '' : table(['parameter', 'type', '', 'limits'], shown.map(parameter));
  return `<h3 id="${name}">${name}</h3>\n${table(['', ''], facts.map(row))}\n${lists}`;
}

/** What a query of a resource may name, and its inventory holds. */
function inventory(name: string): string {
  const of = RESOURCES.find((each) => each.name === name);
  if (of === undefined) return '';
  const fields = Object.entries(of.fields).filter(([, { neverSent }]) => !neverSent);
  const lists = Object.keys(of.joined).map((list) => row([code(list), 'List', '']));
  const dotted = Object.keys(of.related).map((each) => code(`${each}.…`));
  const reached = dotted.length === 0 ? '' : `<p>Conditions reach ${dotted.join(', ')}.</p>`;
  const rows = fields.map(([field, { type, values = [] }]) =>
    row([code(field), escaped(type), escaped(values.join(' | '))]),
  );
  return `${table(['field', 'type', 'values'], [...rows, ...lists])}\n${reached}`;
}

const STYLE = `body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;margin:.5em 0}
td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}code{font-size:95%}nav a{margin-right:.8em}`;

const INTRODUCTION = `<p>Messages go to <code>POST /zstack/api</code> as <code>{"CLASS": {…, "session": {"uuid": …}}}</code>, or by REST with
<code>Authorization: OAuth SESSION</code>. <code>zstack-cli NAME PARAMETER=VALUE</code> calls each by its name. A job is polled at the
address that it answers, cancelled by DELETE there, undone after its <code>timeout</code> (milliseconds), and tells <code>X-Web-Hook</code>
how it ended. Conditions of a query: <code>= != &gt; &gt;= &lt; &lt;= in "not in" like "not like" "is null" "is not null"</code>; by REST
<code>q=FIELD?=a,b</code>, <code>~=</code> for like.</p>`;

/** The reference page of the API, from its definitions. */
export function apiReference(version: string): string {
  const groups = Map.groupBy(
    APIS,
    ({ resource, message }) => resource?.name ?? message.split('.').at(-2) ?? '',
  );
  const parts = [...groups].map(
    ([name, apis]) => `<h2>${escaped(name)}</h2>\n${inventory(name)}\n${apis.map(section).join('\n')}`,
  );
  const names = APIS.map(({ name }) => name).sort();
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>API ${escaped(version)}</title><style>${STYLE}</style>
<h1>API, version ${escaped(version)}</h1>
${INTRODUCTION}
<nav>${names.map((name) => `<a href="#${name}">${name}</a>`).join('\n')}</nav>
<h2>Queries</h2>
${table(['beside the conditions', 'type', '', 'limits'], Object.entries(QUERY).map(parameter))}
<h2>Errors</h2>
${table(
  ['code', 'meaning'],
  Object.entries(CODES).map(([each, words]) => row([code(each), escaped(words)])),
)}
${parts.join('\n')}
</html>
`;
}
