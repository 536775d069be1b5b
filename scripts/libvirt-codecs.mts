#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { given, wrong } from './arguments.mts';
import { codecsOf } from './libvirt/codecs.mts';
import { readDescription } from './libvirt/description.mts';

const USAGE = `node scripts/libvirt-codecs.mts --source DIR     make src/system/libvirt/codecs.gen.ts anew

--source DIR    libvirt's source, unpacked (apt-get source libvirt)`;

/** Procedures and events that have codecs, by their names in the description. */
const WANTED = [
  ...['CONNECT_OPEN', 'CONNECT_GET_VERSION', 'CONNECT_GET_LIB_VERSION', 'AUTH_LIST', 'AUTH_POLKIT'],
  ...['CONNECT_GET_ALL_DOMAIN_STATS', 'CONNECT_LIST_ALL_DOMAINS', 'DOMAIN_LOOKUP_BY_UUID'],
  ...['DOMAIN_GET_STATE', 'DOMAIN_GET_XML_DESC', 'DOMAIN_DEFINE_XML_FLAGS', 'DOMAIN_UNDEFINE_FLAGS'],
  'DOMAIN_GET_METADATA',
  ...['DOMAIN_CREATE_WITH_FLAGS', 'DOMAIN_SHUTDOWN_FLAGS', 'DOMAIN_DESTROY_FLAGS', 'DOMAIN_REBOOT'],
  ...['DOMAIN_RESET', 'DOMAIN_SUSPEND', 'DOMAIN_RESUME', 'DOMAIN_UPDATE_DEVICE_FLAGS'],
  ...['CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', 'CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY'],
  ...['DOMAIN_EVENT_CALLBACK_LIFECYCLE', 'DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE'],
];

const { source } = given(USAGE, { source: { type: 'string' } });
if (source === undefined) wrong('--source is missing (--help)');
const text = (path: string): string => readFileSync(join(source, path), 'utf8');
const headers = ['libvirt-common.h.in', 'libvirt-host.h'].map((name) => text(`include/libvirt/${name}`));
const description = readDescription(text('src/remote/remote_protocol.x'), headers.join('\n'));
const version = /version: '([\d.]+)'/.exec(text('meson.build'))?.[1];
const codecs = codecsOf(description, WANTED);
const head = `// Made by scripts/libvirt-codecs.mts from src/remote/remote_protocol.x of libvirt ${version}, whose names, numbers and
// limits these are (Copyright Red Hat, Inc.; LGPL-2.1-or-later). Part of its stable wire format; not edited by hand.
`;
const place = resolve(import.meta.dirname, '../src/system/libvirt/codecs.gen.ts');
writeFileSync(place, `${head}import * as xdr from './codec.ts';\n\n${codecs}\n`);
