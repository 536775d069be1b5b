/** What the page uses of noVNC 1.7 (docs/API.md of the package). */
declare module '@novnc/novnc' {
  interface Events {
    connect: CustomEvent<unknown>;
    disconnect: CustomEvent<{ clean: boolean }>;
    credentialsrequired: CustomEvent<{ types: string[] }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
  }

  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: WebSocket, options?: { shared?: boolean });
    scaleViewport: boolean;
    background: string;
    focus(): void;
    sendCtrlAltDel(): void;
    sendCredentials(credentials: { password: string }): void;
    disconnect(): void;
    addEventListener<N extends keyof Events>(name: N, listener: (event: Events[N]) => void): void;
  }
}
