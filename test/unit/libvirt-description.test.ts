import { expect, test } from 'vitest';
import { codecsOf } from '../../scripts/libvirt/codecs.mts';
import { readDescription } from '../../scripts/libvirt/description.mts';

const HEADER = '# define VIR_UUID_BUFLEN (16)\n VIR_TYPED_PARAM_INT = 1, /* since ever */';
const DESCRIPTION = `
/* const COMMENTED = 1; */
%#include "internal.h"
const REMOTE_MAX = 20;
typedef string remote_nonnull_string<REMOTE_MAX>;
typedef remote_nonnull_string *remote_string;
typedef opaque remote_uuid[VIR_UUID_BUFLEN];
struct remote_domain { remote_uuid uuid; unsigned hyper memTotal; };
union remote_value switch (int type) {
 case VIR_TYPED_PARAM_INT:
     int i;
};
struct remote_node_info_ret { char model[32]; };
struct remote_domain_find_args {
    remote_string name; /* may be NULL */
    unsigned int flags;
};
struct remote_domain_find_ret { remote_domain all<REMOTE_MAX>; remote_value first; };
enum remote_procedure {
    /**
     * @generate: both
     */
    REMOTE_PROC_DOMAIN_FIND = 7,
    REMOTE_PROC_NODE_INFO = 8,
    REMOTE_PROC_STALE = 9
};
struct remote_stale_args { remote_missing x; };
`;
const codecs = (...wanted: string[]): string => codecsOf(readDescription(DESCRIPTION, HEADER), wanted);

test('codecs of a procedure and of all types that it needs, and of no other', () => {
  expect(codecs('DOMAIN_FIND').trim().split('\n')).toEqual([
    'const nonnullString = xdr.string(20);',
    'const string = xdr.optional(nonnullString);',
    'const uuid = xdr.opaque(16);',
    'const domain = xdr.struct({ uuid: uuid, memTotal: xdr.unsignedHyper });',
    'const value = xdr.union({ 1: xdr.int });',
    '',
    'export const PROCEDURE = {',
    '  domainFind: xdr.procedure(7, xdr.struct({ name: string, flags: xdr.uint }), xdr.struct({ all: xdr.list(domain, 20), first: value })),',
    '} as const;',
    '',
    'export const EVENT = {',
    '} as const;',
  ]);
});

test.each([
  ['DOMAIN_LOSE', 'there is no procedure DOMAIN_LOSE'],
  ['NODE_INFO', 'not understood: char[32]'],
  ['STALE', 'there is no type remote_missing'],
])('%s is refused', (wanted, why) => {
  expect(() => codecs(wanted)).toThrow(why);
});
