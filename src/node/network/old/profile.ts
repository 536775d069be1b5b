/** A profile of NetworkManager's own file format: sections, their keys and values. What is undefined is not written. */
export type Sections = Record<string, Record<string, string | number | boolean | undefined>>;

/** Text of the profile. Values hold no line ends and need no escapes: whoever made them saw to that. */
export function profileText(sections: Sections): string {
  const blocks = Object.entries(sections).flatMap(([name, section]) => {
    const lines = Object.entries(section).filter(([, value]) => value !== undefined);
    if (lines.length === 0) return [];
    return [`[${name}]`, ...lines.map(([key, value]) => `${key}=${value}`)].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

/** Keys of the first that the second lacks, as `section.key`. */
export function missingKeys(text: string, there: string): string[] {
  const has = new Set(keysIn(there));
  return keysIn(text).filter((key) => !has.has(key));
}

function keysIn(text: string): string[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const key = /^([^#=\s][^=]*)=/.exec(line)?.[1];
    return key === undefined ? [] : [`${section}.${key}`];
  });
}
