import type { z } from 'zod';
import { Fault } from '../api/fault.ts';
import { issueWords } from '../api/issue-words.ts';
import { same, say, type Words } from '../api/words.ts';

/** The field of a form that an issue is about: the longest name that its path begins with. */
const fieldOf = (path: readonly PropertyKey[], names: readonly string[]): string | undefined =>
  path.map((_, index) => path.slice(0, path.length - index).join('.')).find((name) => names.includes(name));

/** The first thing wrong with an input, as a fault that names the form's field. */
export function problemOf(issues: readonly z.core.$ZodIssue[], labels: ReadonlyMap<string, Words>): Fault {
  const [issue] = issues;
  if (issue === undefined) return new Fault('usage', say('wrong input', '输入有误'));
  const field = fieldOf(issue.path, [...labels.keys()]);
  const words = issueWords(issue);
  const label = labels.get(field ?? '') ?? same(issue.path.join('.'));
  const named = label.en === '' ? words : say(`${label.en}: ${words.en}`, `${label.zh}：${words.zh}`);
  return new Fault('usage', named, field === undefined ? {} : { field });
}
