/** An element with all that is in it: text that only `element` makes. */
export class Xml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Characters that XML 1.0 has no way to say. */
const UNSAYABLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (text: string): string =>
  text
    .replace(UNSAYABLE, '\u{fffd}')
    .replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
    // A line break in an attribute is a blank to whoever reads it, unless it is said so.
    .replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);

type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * One element. An attribute that is undefined is left out; texts are escaped, elements among the content are not.
 * @param content texts and elements; undefined ones are left out
 */
export function element(
  name: string,
  attributes: Attributes,
  ...content: readonly (Xml | string | undefined)[]
): Xml {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  const inner = content.map((part) => (part instanceof Xml ? part.text : escaped(part ?? ''))).join('');
  return new Xml(inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`);
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const said = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, digits?: string, name?: string) =>
    name === undefined
      ? String.fromCodePoint(Number.parseInt(hex ?? digits ?? '', hex === undefined ? 10 : 16))
      : (NAMED[name] ?? whole),
  );

/**
 * An attribute of the first element of this name in a text that a program wrote as XML; undefined where there is none.
 * @param name letters and digits
 */
export function attributeIn(text: string, name: string, attribute: string): string | undefined {
  const [, inside = ''] = new RegExp(`<(?:\\w+:)?${name}\\b([^>]*)>`).exec(text) ?? [];
  const [, double, single] = new RegExp(`\\s${attribute}=(?:"([^"]*)"|'([^']*)')`).exec(inside) ?? [];
  const found = double ?? single;
  return found === undefined ? undefined : said(found);
}
