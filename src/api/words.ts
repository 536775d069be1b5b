/** A sentence or label for a person, in every language that the product speaks. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

export type Lang = keyof Words;
export const LANGS = ['en', 'zh'] as const satisfies readonly Lang[];

/** Both languages stand side by side, so that none is forgotten and both are read together. */
export const say = (en: string, zh: string): Words => ({ en, zh });

/** For names, figures and texts of other programs, which read the same in every language. */
export const same = (text: string): Words => ({ en: text, zh: text });
