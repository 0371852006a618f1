import type { ConnectionSettings, MarketClient } from './market-client.js';

export interface WsocketOptions extends ConnectionSettings {
  onOpen?: (event: unknown) => void;
  onClose?: (event: { code: number; reason: string; wasClean: boolean }) => void;
  onError?: (event: unknown) => void;
}

/** The seed's `Wsocket` on a connection that comes back. */
export declare class Wsocket {
  constructor(url: string | URL, token?: string, options?: Omit<WsocketOptions, 'token'>);
  constructor(url: string | URL, options?: WsocketOptions);
  constructor(options: WsocketOptions & { url: string | URL });
  readonly client: MarketClient;
  on(event: string, callback: (message: any, data: any) => void): this;
  send(data: unknown): void;
  close(): void;
}
