/** What a setting may hold; the value is text on the wire. */
export interface Setting {
  readonly type: 'Boolean' | 'Integer' | 'Long' | 'String';
  readonly default: string;
  readonly description: string;
  /** Both inclusive. */
  readonly min?: number;
  readonly max?: number;
  /** Digits with a unit, `1G`; and the most of them. */
  readonly size?: true;
  readonly maxSize?: string;
  readonly values?: readonly string[];
  readonly regex?: string;
  readonly mayBeEmpty?: true;
  /** The word `null` for none. */
  readonly mayBeNull?: true;
  /** A list of message classes, or an address. */
  readonly of?: 'messages' | 'url';
}

const given = (of: Setting['type']) => (text: string, description: string) =>
  ({ type: of, default: text, description }) satisfies Setting;

const whole =
  (type: 'Integer' | 'Long') =>
  (text: string, description: string, min?: number, max?: number): Setting => ({
    ...given(type)(text, description),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  });

export const flag = given('Boolean');
export const int = whole('Integer');
export const long = whole('Long');

export const size = (text: string, description: string, maxSize?: string): Setting => ({
  ...given('String')(text, description),
  size: true,
  ...(maxSize === undefined ? {} : { maxSize }),
});

export const choice = (text: string, description: string, values: readonly string[]): Setting => ({
  ...given('String')(text, description),
  values,
});

export const word = (text: string, description: string, limits: Partial<Setting> = {}): Setting => ({
  ...given('String')(text, description),
  ...limits,
});
