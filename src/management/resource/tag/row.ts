import { newUuid } from '../../calls/doing.ts';
import type { Resource } from '../../define/resource.ts';

/** What a tag is written on. */
export interface Tagged {
  readonly of: Resource;
  readonly uuid: string;
}

/** A tag that is written now, of either kind. */
export const newTag = ({ of, uuid }: Tagged, tag: string, now: number) => ({
  ...{ uuid: newUuid(), resourceUuid: uuid, resourceType: of.vo, tag },
  ...{ createDate: now, lastOpDate: now },
});
