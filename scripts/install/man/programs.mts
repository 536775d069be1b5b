/** Manual pages of the programs that are no scripts, in section 8. */
export const MANUALS: Readonly<Record<string, string>> = {
  'zstack-cli': `.TH ZSTACK-CLI 8
.SH NAME
zstack-cli \\- asks the management service
.SH SYNOPSIS
.B zstack-cli
[\\fB\\-H\\fR \\fIHOST\\fR] [\\fB\\-p\\fR \\fIPORT\\fR] [\\fB\\-\\-password\\-fd\\fR \\fIN\\fR] \\fIAPI\\fR [\\fINAME\\fR=\\fIVALUE\\fR ...]
.SH DESCRIPTION
Sends one message, such as QueryZone or CreateZone, waits until it is done and prints the answer as JSON.
A log\\-in (LogInByAccount accountName=admin) holds for the calls that come: its session lies in ~/.zstack/cli, readable for its user alone.
A password that is not given is asked for, or read from ZSTACK_CLI_PASSWORD or a descriptor.
.SH EXIT STATUS
0 done; 1 the call is wrong, nothing was sent; 3 refused, failed or no answer.
.SH EXAMPLES
.nf
zstack\\-cli LogInByAccount accountName=admin
zstack\\-cli QueryZone state=Enabled fields=uuid,name
zstack\\-cli CreateZone name=zone1
.fi
`,
  'zs-console': `.TH ZS-CONSOLE 8
.SH NAME
zs-console \\- full-screen console of this node
.SH SYNOPSIS
.B zs-console
[\\fB\\-\\-lang\\fR en|zh] [\\fB\\-\\-stay\\fR] [\\fB\\-\\-speed\\fR \\fIBAUD\\fR]
.br
.B zs-console \\-\\-replay \\fIFILE\\fR
.SH DESCRIPTION
Shows live what the node is and does. F2 opens the system configuration, F12 reboot and power\\-off, both behind root's password; ? shows all keys.
On tty1 and the serial lines it runs by itself. Over SSH root starts it by this name; it then runs as a unit of its own,
as the user zs\\-console, on a terminal of its own, so that nothing of it can type into root's shell.
.SH OPTIONS
.TP
.B \\-\\-lang en|zh
English or Chinese.
.TP
.B \\-\\-stay
No key leaves it: for terminals behind which there is nothing.
.TP
.B \\-\\-speed \\fIBAUD\\fR
Send no more than a line of so many bits a second takes. On a serial line this is found out by itself.
.TP
.B \\-\\-replay \\fIFILE\\fR
Show a recording: what was pressed, asked and seen on a line.
.TP
.B \\-\\-help, \\-\\-version
Show the arguments, or the version.
.SH FILES
.TP
.I /var/lib/zs\\-console/flights
The last ten thousand events of each line, without secrets.
.SH EXIT STATUS
0 when it was left, 1 when the terminal cannot be used, 2 when the arguments do not fit, 128+n when signal n ended it.
.SH EXAMPLES
.nf
zs\\-console \\-\\-lang zh
zs\\-console \\-\\-replay /var/lib/zs\\-console/flights/tty1.jsonl
.fi
.SH SEE ALSO
.BR zs\\-role (8),
.BR zstack\\-ctl (8)
`,
  'zs-first-boot': `.TH ZS-FIRST-BOOT 8
.SH NAME
zs-first-boot \\- sets this node up for its role
.SH SYNOPSIS
.B zs-first-boot
[\\fB\\-\\-terminal\\fR \\fIPATH\\fR]
.SH DESCRIPTION
Management node: starts MariaDB and RabbitMQ, gives the service accounts with generated passwords, and starts it.
Compute node: starts libvirt. Storage node: OCFS2 too. Expert node: nothing. It runs by itself at the first boot, on
tty1, and may be run again at any time: what is done already is left as it is, and a database that is there is never
emptied. A management node needs an address: without one the console comes, and it goes on when the network is
configured.
.SH OPTIONS
.TP
.B \\-\\-terminal \\fIPATH\\fR
Tell it on this terminal, until that is the console's.
.TP
.B \\-\\-help, \\-\\-version
Show the arguments, or the version.
.SH FILES
.TP
.I /tmp/zstack_installation.log
Every step, with its time.
.TP
.I /etc/zs\\-node/first\\-boot
As long as it is there, each boot begins with it.
.TP
.I /etc/zs\\-node/mysql\\-root\\-password
The generated password of MySQL's root, for root alone. A later change of the password is not written here.
.SH EXIT STATUS
0 when the node is set up, 2 when the arguments do not fit or something stands in the way, 1 for other failures.
.SH EXAMPLES
.nf
zs\\-first\\-boot
.fi
.SH SEE ALSO
.BR zs\\-role (8),
.BR zs\\-console (8)
`,
  'zstack-upgrade': `.TH ZSTACK-UPGRADE 8
.SH NAME
zstack-upgrade \\- takes over a newer installation image
.SH SYNOPSIS
.B zstack-upgrade
[\\fB\\-r\\fR] \\fIIMAGE\\fR
.SH DESCRIPTION
The image's packages become this node's repositories, and the node console, its controller and the management service
are upgraded from them, after a dump of the database. When that fails, the packages and repositories of before come
back. Cut off, it is called again: the node has the old repositories or the new ones, whole. An older image, one for
another generation of Enterprise Linux, and one whose checksum beside it is another, are refused.
.SH OPTIONS
.TP
.B \\-r
The repositories alone; \\fBzstack\\-installer \\-u\\fR upgrades from them.
.TP
.B \\-\\-finish
Goes on with an upgrade that was cut off. Each boot does it by itself, by zs\\-upgrade.service.
.TP
.B \\-\\-help, \\-\\-version
Show the arguments, or the version.
.SH FILES
.TP
.I /opt/zstack\\-dvd
The repositories, as they lie on the image.
.TP
.I /var/log/zstack/deploy.log
What it did, and what dnf said.
.SH EXIT STATUS
0 when it is done, 2 when the arguments or the image do not fit, 1 for other failures.
.SH EXAMPLES
.nf
zstack\\-upgrade node.iso
zstack\\-upgrade \\-r node.iso
.fi
.SH SEE ALSO
.BR zstack\\-installer (8),
.BR zs\\-first\\-boot (8),
.BR zstack\\-ctl (8)
`,
  'zs-follow': `.TH ZS-FOLLOW 8
.SH NAME
zs-follow \\- installs the packages of the management node's version
.SH SYNOPSIS
.B zs-follow
.SH DESCRIPTION
A host of a cluster follows the version of its management node by itself: its controller fetches the packages over the
link and compares them with the checksums that came over it, then this program installs them, waits until console,
controller and link are back, and otherwise installs the ones of before. The controller calls it, as
zs\\-follow.service; each boot does, where it was cut off. What did not go well is not tried again by itself until the
management node has another version; \\fBzstack\\-ctl follow\\fR tries again. \\fBfollow_version = no\\fR in
/etc/zs\\-node/node.ini turns all of it off.
.SH OPTIONS
.TP
.B \\-\\-help, \\-\\-version
Show the arguments, or the version.
.SH FILES
.TP
.I /var/lib/zs\\-node/packages
The packages of the version that is installed, and of the next one.
.TP
.I /var/log/zstack/deploy.log
What it did, and what dpkg or rpm said.
.SH EXIT STATUS
0 when it is done or nothing is ready, 2 when the arguments do not fit, 1 for failures: the packages of before are back.
.SH EXAMPLES
.nf
journalctl \\-u zs\\-follow
.fi
.SH SEE ALSO
.BR zstack\\-upgrade (8),
.BR zstack\\-ctl (8)
`,
  'zstack-installer': `.TH ZSTACK-INSTALLER 8
.SH NAME
zstack-installer \\- makes this node a management node, upgrades it, or installs it anew
.SH SYNOPSIS
.B zstack-installer
[\\fB\\-E\\fR] [\\fB\\-o\\fR] [\\fB\\-i\\fR \\fIADDRESS\\fR|\\fB\\-I\\fR \\fINIC\\fR] [\\fB\\-r\\fR \\fIDIRECTORY\\fR] [\\fB\\-L\\fR \\fIFILE\\fR] [\\fB\\-C\\fR \\fIADDRESS\\fR]
.br
.B zstack-installer \\-u
[\\fB\\-o\\fR]
.br
.B zstack-installer \\-D
[\\fB\\-\\-yes\\fR] ...
.SH DESCRIPTION
An expert or compute node becomes a management node: the role's packages, database, message broker and service, set up
as at a first boot, with the progress in the log. Cut off at any point it is called again. What older instructions call
/opt/zstack\\-installer.bin is this.
.SH OPTIONS
.TP
.B \\-i \\fIADDRESS\\fR, \\-I \\fINIC\\fR
By which address, or the address of which NIC, hosts and people reach the node.
.TP
.B \\-u
Upgrades from the node's repositories, after a dump of the database. When that fails, the packages of before come back.
Repositories that have nothing newer, or are older than the node, are told, with the image that is needed.
.TP
.B \\-D
Installs a management node anew: packages, configuration, and an empty database. The database goes with all that is in
it, after a proven dump; a phrase confirms it, or \\fB\\-\\-yes\\fR.
.TP
.B \\-o
Offline: only the repositories that the installation image left on the node, where others called zs\\-* are configured.
.TP
.B \\-L \\fIFILE\\fR, \\-C \\fIADDRESS\\fR
The licence to install; the address at which browsers reach the consoles of VMs.
.TP
.B \\-E, \\-r \\fIDIRECTORY\\fR
Accepted: an edition's rights follow from the licence, and the product is in /usr/local/zstack.
.TP
.B \\-\\-help, \\-\\-version
Show the arguments, or the version.
.SH FILES
.TP
.I /tmp/zstack_installation.log, /var/log/zstack/deploy.log
The set\\-up, step by step; what an upgrade did.
.SH EXIT STATUS
0 when it is done, 2 when the arguments or the node do not fit, 1 for other failures.
.SH EXAMPLES
.nf
zstack\\-installer \\-E \\-I bond0
zstack\\-installer \\-u
.fi
.SH SEE ALSO
.BR zstack\\-upgrade (8),
.BR zs\\-role (8),
.BR zs\\-first\\-boot (8)
`,
  'zs-role': `.TH ZS-ROLE 8
.SH NAME
zs-role \\- gives this node its role
.SH SYNOPSIS
.B zs-role
[\\fB\\-\\-no\\-dump\\fR]
[\\fBmanagement\\fR|\\fBcompute\\fR|\\fBstorage\\fR|\\fBexpert\\fR]
.SH DESCRIPTION
Writes the role down and enables and starts what it needs; called again with the same role it changes nothing. Without
a role it prints the one that the node has. On Enterprise Linux the package of the new role takes the place of the old
one's, with all that it needs, from the node's own repositories. A management node's database is dumped before.
.TP
.B management
Management service, with the console on tty1 and the serial line.
.TP
.B compute, storage
VMs, or shared storage and VMs, with the console.
.TP
.B expert
No console: tty1 and the serial line are log\\-in prompts.
.SH OPTIONS
.TP
.B \\-\\-no\\-dump
A management node changes its role without a dump of its database.
.TP
.B \\-\\-help, \\-\\-version
Show the arguments, or the version.
.SH FILES
.TP
.I /etc/zs\\-node/role
The role, one word. One that makes no sense counts as management, and is said on the console.
.SH EXIT STATUS
0 when it is done, 2 when the arguments do not fit, 1 for other failures.
.SH EXAMPLES
.nf
zs\\-role compute
.fi
.SH SEE ALSO
.BR zs\\-console (8)
`,
};
