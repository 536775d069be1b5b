// Made by scripts/libvirt-codecs.mts from src/remote/remote_protocol.x of libvirt 9.0.0, whose names, numbers and
// limits these are (Copyright Red Hat, Inc.; LGPL-2.1-or-later). Part of its stable wire format; not edited by hand.
import * as xdr from './codec.ts';

const nonnullString = xdr.string(4194304);
const string = xdr.optional(nonnullString);
const authType = xdr.int;
const uuid = xdr.opaque(16);
const nonnullDomain = xdr.struct({ name: nonnullString, uuid: uuid, id: xdr.int });
const typedParamValue = xdr.union({
  1: xdr.int,
  2: xdr.uint,
  3: xdr.hyper,
  4: xdr.unsignedHyper,
  5: xdr.double,
  6: xdr.int,
  7: nonnullString,
});
const typedParam = xdr.struct({ field: nonnullString, value: typedParamValue });
const domainStatsRecord = xdr.struct({ dom: nonnullDomain, params: xdr.list(typedParam, 262144) });
const domain = xdr.optional(nonnullDomain);
const domainEventLifecycleMsg = xdr.struct({ dom: nonnullDomain, event: xdr.int, detail: xdr.int });
const domainEventBalloonChangeMsg = xdr.struct({ dom: nonnullDomain, actual: xdr.unsignedHyper });

export const PROCEDURE = {
  connectOpen: xdr.procedure(1, xdr.struct({ name: string, flags: xdr.uint }), xdr.nothing),
  connectGetVersion: xdr.procedure(4, xdr.nothing, xdr.struct({ hvVer: xdr.unsignedHyper })),
  connectGetLibVersion: xdr.procedure(157, xdr.nothing, xdr.struct({ libVer: xdr.unsignedHyper })),
  authList: xdr.procedure(66, xdr.nothing, xdr.struct({ types: xdr.list(authType, 20) })),
  authPolkit: xdr.procedure(70, xdr.nothing, xdr.struct({ complete: xdr.int })),
  connectGetAllDomainStats: xdr.procedure(
    344,
    xdr.struct({ doms: xdr.list(nonnullDomain, 16384), stats: xdr.uint, flags: xdr.uint }),
    xdr.struct({ retStats: xdr.list(domainStatsRecord, 16384) }),
  ),
  connectListAllDomains: xdr.procedure(
    273,
    xdr.struct({ needResults: xdr.int, flags: xdr.uint }),
    xdr.struct({ domains: xdr.list(nonnullDomain, 16384), ret: xdr.uint }),
  ),
  domainLookupByUuid: xdr.procedure(24, xdr.struct({ uuid: uuid }), xdr.struct({ dom: nonnullDomain })),
  domainGetState: xdr.procedure(
    212,
    xdr.struct({ dom: nonnullDomain, flags: xdr.uint }),
    xdr.struct({ state: xdr.int, reason: xdr.int }),
  ),
  domainGetXmlDesc: xdr.procedure(
    14,
    xdr.struct({ dom: nonnullDomain, flags: xdr.uint }),
    xdr.struct({ xml: nonnullString }),
  ),
  domainDefineXmlFlags: xdr.procedure(
    350,
    xdr.struct({ xml: nonnullString, flags: xdr.uint }),
    xdr.struct({ dom: nonnullDomain }),
  ),
  domainUndefineFlags: xdr.procedure(231, xdr.struct({ dom: nonnullDomain, flags: xdr.uint }), xdr.nothing),
  domainGetMetadata: xdr.procedure(
    265,
    xdr.struct({ dom: nonnullDomain, type: xdr.int, uri: string, flags: xdr.uint }),
    xdr.struct({ metadata: nonnullString }),
  ),
  domainCreateWithFlags: xdr.procedure(
    196,
    xdr.struct({ dom: nonnullDomain, flags: xdr.uint }),
    xdr.struct({ dom: nonnullDomain }),
  ),
  domainShutdownFlags: xdr.procedure(258, xdr.struct({ dom: nonnullDomain, flags: xdr.uint }), xdr.nothing),
  domainDestroyFlags: xdr.procedure(234, xdr.struct({ dom: nonnullDomain, flags: xdr.uint }), xdr.nothing),
  domainReboot: xdr.procedure(27, xdr.struct({ dom: nonnullDomain, flags: xdr.uint }), xdr.nothing),
  domainReset: xdr.procedure(245, xdr.struct({ dom: nonnullDomain, flags: xdr.uint }), xdr.nothing),
  domainSuspend: xdr.procedure(34, xdr.struct({ dom: nonnullDomain }), xdr.nothing),
  domainResume: xdr.procedure(28, xdr.struct({ dom: nonnullDomain }), xdr.nothing),
  domainUpdateDeviceFlags: xdr.procedure(
    174,
    xdr.struct({ dom: nonnullDomain, xml: nonnullString, flags: xdr.uint }),
    xdr.nothing,
  ),
  connectDomainEventCallbackRegisterAny: xdr.procedure(
    316,
    xdr.struct({ eventID: xdr.int, dom: domain }),
    xdr.struct({ callbackID: xdr.int }),
  ),
  connectDomainEventCallbackDeregisterAny: xdr.procedure(
    317,
    xdr.struct({ callbackID: xdr.int }),
    xdr.nothing,
  ),
} as const;

export const EVENT = {
  domainEventCallbackLifecycle: xdr.event(
    318,
    xdr.struct({ callbackID: xdr.int, msg: domainEventLifecycleMsg }),
  ),
  domainEventCallbackBalloonChange: xdr.event(
    331,
    xdr.struct({ callbackID: xdr.int, msg: domainEventBalloonChangeMsg }),
  ),
} as const;
