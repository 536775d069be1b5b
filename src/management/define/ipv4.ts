import { Address4 } from 'ip-address';

/** Whether a text is an address, without a prefix. */
export const isPlain = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && Address4.isValid(text);

/** An address as a number; undefined for what is none. */
export const numberOf = (text: string): number | undefined =>
  isPlain(text) ? Number(new Address4(text).bigInt()) : undefined;

/** @param number of a valid address */
export const textOf = (number: number): string => Address4.fromInteger(number).correctForm();
