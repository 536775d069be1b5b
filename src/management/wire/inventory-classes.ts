import type { Answer } from '../calls/doing.ts';
import type { Api } from '../define/api.ts';
import { inventoryOf, type Resource } from '../define/resource.ts';

type Schema = Record<string, string>;

/** Places in an answer with the full class of what stands there: SDKs make objects of it. */
export class InventoryClasses {
  readonly #resources: readonly Resource[];
  readonly #byClass: ReadonlyMap<string, Resource>;

  constructor(resources: readonly Resource[]) {
    this.#resources = resources;
    this.#byClass = new Map(resources.map((of) => [inventoryOf(of), of]));
  }

  schemaOf({ answers = {} }: Api, answer: Answer): Schema {
    const schema: Schema = {};
    for (const [field, full] of Object.entries(answers))
      if (full !== undefined) this.#put(schema, field, answer[field], full);
    return schema;
  }

  #put(schema: Schema, place: string, value: unknown, full: string): void {
    if (Array.isArray(value))
      for (const [at, each] of value.entries()) this.#put(schema, `${place}[${at}]`, each, full);
    else if (typeof value === 'object' && value !== null) this.#putOne(schema, place, value as Answer, full);
    else if (value !== undefined) schema[place] = full;
  }

  #putOne(schema: Schema, place: string, value: Answer, full: string): void {
    const of = this.#byClass.get(full);
    schema[place] = of === undefined ? full : this.#kind(of, value);
    for (const [name, { resource, column }] of Object.entries(of?.joined ?? {})) {
      const child = this.#resources.find((each) => each.name === resource);
      if (child !== undefined && column === undefined)
        this.#put(schema, `${place}.${name}`, value[name], inventoryOf(child));
    }
  }

  /** A row is told as the kind that it is of. */
  #kind(of: Resource, value: Answer): string {
    const kind = this.#resources.find(
      ({ kindOf }) =>
        kindOf !== undefined && kindOf.parent === of.name && value[kindOf.field] === kindOf.value,
    );
    return inventoryOf(kind ?? of);
  }
}
