import { choice, flag, int, long, word } from './kinds.ts';

export const NETWORK = {
  eip: {
    snatInboundTraffic: flag(
      'false',
      'Rewrite the source of traffic that enters through an elastic IP to the guest gateway; for VMs with several NICs that each have one',
    ),
  },
  loadBalancer: {
    balancerAlgorithm: word(
      'roundrobin',
      'Default way of spreading connections: roundrobin, leastconn or source',
    ),
    connectionIdleTimeout: long(
      '60',
      'Default seconds after which a silent connection is closed on both sides',
    ),
    healthCheckInterval: long('5', 'Default seconds from one check of a member to the next'),
    healthCheckTarget: word('tcp:default', 'Default check as protocol:port; "default" is the instance port'),
    healthCheckTimeout: long('2', 'Default seconds without answer until a check fails'),
    healthyThreshold: long('2', 'Default good checks in a row until a member is healthy'),
    maxConnection: long('5000', 'Default most connections at a time'),
    unhealthyThreshold: long('2', 'Default bad checks in a row until a member is unhealthy'),
  },
  networkService: {
    'defaultDhcpMtu.dummyNetwork': int('1500', 'MTU handed out by DHCP on networks of unknown type'),
    'defaultDhcpMtu.l2NoVlanNetwork': int('1500', 'MTU handed out by DHCP on networks without VLAN'),
    'defaultDhcpMtu.l2VlanNetwork': int('1500', 'MTU handed out by DHCP on VLAN networks'),
    'defaultDhcpMtu.l2VxlanNetwork': int('1500', 'MTU handed out by DHCP on VXLAN networks'),
  },
  portForwarding: {
    snatInboundTraffic: flag(
      'false',
      'Rewrite the source of forwarded traffic to the guest gateway; for VMs with several NICs that each have rules',
    ),
  },
  securityGroup: {
    'egress.defaultPolicy': choice('accept', 'What happens to outgoing traffic when a group has no rules', [
      'accept',
      'deny',
    ]),
    'host.failureResolvePerTime': int('100', 'Hosts retried per run after rules could not be applied', 0),
    'host.failureWorkerInterval': int('60', 'Seconds between two runs of that retry', 0),
    'ingress.defaultPolicy': choice('deny', 'What happens to incoming traffic when a group has no rules', [
      'accept',
      'deny',
    ]),
    'refresh.delayInterval': long(
      '1000',
      'Milliseconds to gather VMs that came back to Running before their rules are sent in one go',
      -1,
    ),
  },
  virtualRouter: {
    'agent.deployOnStart': flag(
      'false',
      'Push the agent into a virtual router on each create, start or reboot',
    ),
    'command.parallelismDegree': int('100', 'Commands that one virtual router runs at the same time'),
    'dnsmasq.restartAfterNumberOfSIGUSER1': int(
      '500',
      'Reloads of dnsmasq after which it is restarted instead',
    ),
    'ping.interval': int('60', 'Seconds between two pings of a virtual router agent'),
    'ping.parallelismDegree': int('500', 'How many virtual routers are pinged at the same time'),
    'ssh.port': int('22', 'SSH port of virtual routers'),
    'ssh.username': word('vyos', 'SSH user of virtual routers'),
  },
};
