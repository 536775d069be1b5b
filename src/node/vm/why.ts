import { say, type Words } from '../../api/words.ts';
import { STATE } from '../../system/libvirt/protocol.ts';

/** virDomainShutoffReason */
const OFF: Record<number, Words> = {
  1: say('the guest shut down', '客户机已关机'),
  2: say('its power was taken', '电源被关闭'),
  3: say('QEMU crashed', 'QEMU 崩溃'),
  4: say('it moved to another host', '已迁移到其他主机'),
  5: say('its memory was saved', '内存已保存'),
  6: say('it could not start', '启动失败'),
  8: say('libvirt lost it', 'libvirt 失去了对它的控制'),
};

/** virDomainPausedReason */
const PAUSED: Record<number, Words> = {
  1: say('somebody paused it', '被人暂停'),
  5: say('its disk gave an error', '磁盘出错'),
  6: say('its watchdog fired', '看门狗触发'),
  10: say('the guest crashed', '客户机崩溃'),
  12: say('the copying of its memory failed', '内存复制失败'),
};

/** Why a domain in this state (virDomainState) does not run; undefined for one that does, or where libvirt says nothing. */
export function whyNotRunning(state: number, reason: number): Words | undefined {
  if (state === STATE.off) return OFF[reason];
  return state === STATE.paused ? PAUSED[reason] : undefined;
}
