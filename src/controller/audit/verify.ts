import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditProblem, AuditVerdict } from '../../api/jobs.ts';
import { type Link, type ReadRecord, readLine } from './chain.ts';
import { recordFiles } from './files.ts';
import { type Head, readHead } from './head.ts';
import type { AuditPlaces } from './log.ts';

/** Reads the whole chain and says what does not fit, and at which record. */
export async function verifyAudit(places: AuditPlaces): Promise<AuditVerdict> {
  const head = await readHead(places.head);
  const walk = new Walk(head?.before);
  for (const name of await recordFiles(places.records)) {
    const lines = createInterface({
      input: createReadStream(join(places.records, name)),
      crlfDelay: Infinity,
    });
    for await (const line of lines) walk.line(line);
  }
  // Records may have come while this read: the newer head knows them.
  return walk.end(head, await readHead(places.head));
}

class Walk {
  #expected: Link | undefined;
  #batch = 1;
  readonly #problems: AuditProblem[] = [];
  readonly #from: number;
  #records = 0;
  #torn: string | undefined;

  /** @param before what the first record follows; records before it await deletion and do not count. */
  constructor(before: Link | undefined) {
    this.#expected = before;
    this.#from = before?.seq ?? 0;
  }

  line(line: string): void {
    if (this.#torn !== undefined)
      this.#add(this.#next, 'unreadable', `what stands at record ${this.#next} is no record`);
    this.#torn = undefined;
    const record = readLine(line);
    if (record === undefined) this.#torn = line;
    else if (record.link.seq > this.#from || record.event.seq === undefined) this.#record(record);
  }

  get #next(): number {
    return (this.#expected?.seq ?? 0) + 1;
  }

  #record(record: ReadRecord): void {
    const { seq } = record.link;
    this.#records += 1;
    if (!record.intact) this.#add(seq, 'edited', `record ${seq} was edited`);
    else this.#follow(record);
    if (record.event.event === 'audit.finding') this.#add(seq, 'found earlier', String(record.event.finding));
    this.#expected = record.link;
    this.#batch = record.batch;
  }

  #follow({ link: { seq }, prev }: ReadRecord): void {
    if (this.#expected === undefined) return;
    if (seq > this.#next)
      this.#add(this.#next, 'removed', `records ${this.#next} to ${seq - 1} were removed`);
    else if (seq < this.#next)
      this.#add(seq, 'inserted', `a record ${seq} stands after record ${this.#next - 1}`);
    else if (prev !== this.#expected.hash)
      this.#add(seq, 'inserted', `record ${seq} does not follow record ${seq - 1}`);
  }

  end(head: Head | undefined, newer: Head | undefined): AuditVerdict {
    const last = this.#expected;
    const seq = last?.seq ?? 0;
    if (head === undefined || newer === undefined) this.#noHead(seq);
    else if (seq < head.last.seq) {
      this.#add(seq + 1, 'cut off', `records ${seq + 1} to ${head.last.seq} were cut off`);
    } else if (seq > newer.last.seq + this.#batch) {
      this.#add(seq, 'inserted', `records after ${newer.last.seq} are not known to the head`);
    } else if (seq === newer.last.seq && last?.hash !== newer.last.hash) {
      this.#add(seq, 'replaced', `record ${seq} was replaced`);
    }
    return { records: this.#records, problems: this.#problems };
  }

  #noHead(seq: number): void {
    if (this.#records > 0)
      this.#add(seq, 'no head', `the head is missing: records after ${seq} may have been cut off`);
  }

  #add(record: number, kind: AuditProblem['kind'], text: string): void {
    this.#problems.push({ record, kind, text });
  }
}
