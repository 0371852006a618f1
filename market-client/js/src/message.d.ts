import type { MarketClient, Platform } from './market-client.js';
import type { Wsocket } from './wsocket.js';

export interface UnreadMessage {
  id: string | number;
  title: string;
  content: string;
  create_time: number | string;
  send_user?: { nickname?: string; avatar?: string };
  [field: string]: unknown;
}

export interface MessageOptions {
  onUnread?: (unread: UnreadMessage[]) => void;
  onReadStatus?: (data: any) => void;
  onNotification?: (message: string | undefined, data: any) => void;
  /** Between two questions to a server that does not push; default 10,000. */
  pollMillis?: number;
  /** Without a push for this long, one question; default 300,000. */
  quietMillis?: number;
  platform?: Pick<Partial<Platform>, 'setTimer' | 'clearTimer'>;
}

/** The user's unread messages, by push where the server pushes. */
export declare class Message {
  constructor(connection: Wsocket | MarketClient, options?: MessageOptions);
  readonly unread: UnreadMessage[];
  /** How many are unread: the list has at most 100 of them. */
  readonly unreadCount: number;
  refresh(): Promise<UnreadMessage[]>;
  /** Marks messages as read; rejects if the server refuses. */
  read(which: { ids?: (string | number)[]; toSeq?: number; all?: boolean }): Promise<void>;
  /** Nothing is told any more, and nothing asked. */
  stop(): void;
}
