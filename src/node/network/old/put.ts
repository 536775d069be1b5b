/** A file to write. */
export interface Put {
  path: string;
  text: string;
  mode: number;
}
