import { api, createApi, deleteApi, queryApi, updateApi } from '../../define/api.ts';
import { bounded, DATES, maybe, oneOf, ref, secret, text, uuid } from '../../define/fields.ts';
import { inventoryOf, resource } from '../../define/resource.ts';

const PACKAGE = 'org.zstack.header.baremetal.power';
const PATH = '/baremetal/chassis';

/** How far a machine's installation is. */
export const CHASSIS_STATUSES = ['Unprovisioned', 'Provisioning', 'Provisioned'] as const;

/** A bare machine by its BMC, which speaks IPMI; the password is kept sealed, and in no answer. */
export const baremetalChassis = resource({
  name: 'BaremetalChassis',
  package: PACKAGE,
  path: PATH,
  table: 'baremetal_chassis',
  fields: {
    uuid: uuid(),
    name: text(255),
    description: maybe(text(2048)),
    ipmiAddress: text(255),
    ipmiPort: text(32),
    ipmiUsername: text(255),
    status: text(32),
    ...DATES,
  },
});

/** The type of hardware information that its maker wrote into a machine. */
export const PLATE = 'fru';

/** What is known of a machine's hardware. */
export const baremetalHardwareInfo = resource({
  name: 'BaremetalHardwareInfo',
  package: 'org.zstack.header.baremetal.hardwareinfo',
  path: '/baremetal/hardwareinfo',
  table: 'baremetal_hardware_info',
  fields: {
    uuid: uuid(),
    chassisUuid: ref(baremetalChassis.vo),
    type: text(32),
    /** JSON. */
    content: text(),
    ...DATES,
  },
  index: [['chassisUuid']],
  goesWith: ['chassisUuid'],
});

export const queryBaremetalHardwareInfo = queryApi(baremetalHardwareInfo, {
  rest: { method: 'GET', path: baremetalHardwareInfo.path },
});

const { description } = baremetalChassis.fields;
const name = bounded(text(255), { emptyString: false });
const itself = { uuid: text() };

export const createBaremetalChassis = createApi(baremetalChassis, {
  params: {
    resourceUuid: maybe(text()),
    name,
    description,
    ipmiAddress: text(),
    ipmiPort: maybe(text()),
    ipmiUsername: text(255),
    ipmiPassword: secret(255),
  },
});

export const updateBaremetalChassis = updateApi(baremetalChassis, {
  params: {
    ...itself,
    name: maybe(name),
    description,
    ipmiAddress: maybe(text()),
    ipmiPort: maybe(text()),
    ipmiUsername: maybe(text(255)),
    ipmiPassword: maybe(secret(255)),
    status: maybe(oneOf(CHASSIS_STATUSES)),
  },
});

export const deleteBaremetalChassis = deleteApi(baremetalChassis, { params: itself });
export const queryBaremetalChassis = queryApi(baremetalChassis, { rest: { method: 'GET', path: PATH } });

const power = (verb: 'On' | 'Off' | 'Reset' | 'Status') =>
  api({
    name: `Power${verb}BaremetalHost`,
    package: PACKAGE,
    rest: {
      method: 'PUT',
      path: `${PATH}/{chassisUuid}/actions`,
      isAction: true,
      parameterName: `power${verb}BaremetalHost`,
    },
    params: { chassisUuid: text() },
    ...(verb === 'Status' && { answers: { status: undefined } }),
  });

export const powerOnBaremetalHost = power('On');
export const powerOffBaremetalHost = power('Off');
export const powerResetBaremetalHost = power('Reset');
export const powerStatusBaremetalHost = power('Status');

export const provisionBaremetalHost = api({
  name: 'ProvisionBaremetalHost',
  package: PACKAGE,
  rest: {
    method: 'PUT',
    path: `${PATH}/{chassisUuid}/actions`,
    isAction: true,
    parameterName: 'provisionBaremetalHost',
  },
  params: { chassisUuid: text() },
  answers: { inventory: inventoryOf(baremetalChassis) },
});

export const baremetalChassisApis = [
  createBaremetalChassis,
  updateBaremetalChassis,
  deleteBaremetalChassis,
  queryBaremetalChassis,
  powerOnBaremetalHost,
  powerOffBaremetalHost,
  powerResetBaremetalHost,
  powerStatusBaremetalHost,
  provisionBaremetalHost,
  queryBaremetalHardwareInfo,
];
