import { machine } from '../../define/states.ts';

/** States of a VM and what leads from one to another; states in `-ing` last while a job is under way. */
export const VM_STATES = machine(
  [
    'Created',
    'Starting',
    'Running',
    'Stopping',
    'Stopped',
    'Rebooting',
    'Destroying',
    'Destroyed',
    'Migrating',
    'Expunging',
    'Pausing',
    'Paused',
    'Resuming',
    'VolumeMigrating',
    'Error',
    'Unknown',
  ],
  {
    start: [['Created', 'Stopped'], 'Starting'],
    run: [['Starting', 'Rebooting', 'Resuming', 'Stopping', 'Pausing', 'Unknown'], 'Running'],
    find: [['Created', 'Stopped'], 'Running'],
    stop: [['Running'], 'Stopping'],
    halt: [['Starting', 'Stopping', 'Running', 'Rebooting', 'Paused', 'Unknown'], 'Stopped'],
    reboot: [['Running'], 'Rebooting'],
    pause: [['Running'], 'Pausing'],
    freeze: [['Pausing', 'Resuming', 'Running', 'Unknown'], 'Paused'],
    resume: [['Paused'], 'Resuming'],
    thaw: [['Paused'], 'Running'],
    destroy: [['Created', 'Running', 'Stopped', 'Paused', 'Error', 'Unknown'], 'Destroying'],
    bury: [['Destroying'], 'Destroyed'],
    recover: [['Destroyed'], 'Stopped'],
    expunge: [['Destroyed'], 'Expunging'],
  },
);

export type VmState = (typeof VM_STATES.states)[number];
export type VmEvent = keyof typeof VM_STATES.events;

/** Something of it is on a host, or is about to be. */
export const ALIVE: readonly VmState[] = [
  'Starting',
  'Running',
  'Stopping',
  'Rebooting',
  'Destroying',
  'Migrating',
  'Expunging',
  'Pausing',
  'Paused',
  'Resuming',
];
