/** From which states an event leads to which state; `*` is every state. */
export type Transition<S extends string> = readonly [from: readonly (S | '*')[], to: S];

/** The one way in which a state changes. */
export interface Machine<S extends string = string, E extends string = string> {
  readonly states: readonly S[];
  readonly events: Readonly<Record<E, Transition<S>>>;
}

export const machine = <const S extends string, const E extends string>(
  states: readonly S[],
  events: Readonly<Record<E, Transition<NoInfer<S>>>>,
): Machine<S, E> => ({ states, events });

/** The state after an event, or undefined where it is not allowed in this state. */
export function after<S extends string, E extends string>(
  { events }: Machine<S, E>,
  state: S,
  event: E,
): S | undefined {
  const [from, to] = events[event];
  return from.includes('*') || from.includes(state) ? to : undefined;
}

/** What can be switched on and off: zones, clusters, offerings and so on. */
export const ENABLED = machine(['Enabled', 'Disabled'], {
  enable: [['*'], 'Enabled'],
  disable: [['*'], 'Disabled'],
});
