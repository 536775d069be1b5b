/** What a change of the service's settings did besides writing them. */
export interface SettingsChanged {
  /** The management service reads them when it starts. */
  service: 'restarted' | 'not running';
  /** Whether the broker's user was made anew; `elsewhere`: another machine's broker is left alone. */
  broker: 'made anew' | 'none' | 'elsewhere';
}
