# Runs commands for a test, over a virtio port; only what Debian's perl-base has is used.
# Request: "ID SECONDS STDIN_LENGTH ARG_LENGTH...\n", then the arguments and the standard input.
# Reply:   "ID CODE OUT_LENGTH ERR_LENGTH\n", then both outputs. CODE is 124 after SECONDS, 128 + n for signal n.
# Each request has a process of its own, so that a long command does not hold up the next one.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock :seek);
use POSIX qw(:sys_wait_h);

my $name = 'zs.test.agent';
my $port = find_port();
open(my $lock, '>', '/run/test-agent.lock') or die "lock: $!";
$SIG{CHLD} = 'IGNORE';
my $buffer = '';
my $font;
while (1) {
	my $count = sysread($port, $buffer, 1 << 16, length $buffer);
	if (!$count) {    # nobody is connected on the other side
		$buffer = '';
		select(undef, undef, undef, 0.05);
		next;
	}
	while (my $request = take_request()) { serve($request) }
}

sub find_port {
	while (1) {
		for my $file (glob '/sys/class/virtio-ports/*/name') {
			open(my $in, '<', $file) or next;
			my $found = <$in> // '';
			chomp $found;
			next if $found ne $name;
			my ($device) = $file =~ m{/([^/]+)/name$};
			if (open(my $out, '+<', "/dev/$device")) { binmode $out; return $out }
		}
		select(undef, undef, undef, 0.1);
	}
}

sub take_request {
	my $end = index($buffer, "\n");
	return if $end < 0;
	my ($id, $seconds, @lengths) = split / /, substr($buffer, 0, $end);
	my $total = 0;
	$total += $_ for @lengths;
	return if length($buffer) < $end + 1 + $total;
	my $at = $end + 1;
	my @parts = map { my $part = substr($buffer, $at, $_); $at += $_; $part } @lengths;
	$buffer = substr($buffer, $at);
	my $stdin = shift @parts;
	return { id => $id, seconds => $seconds, stdin => $stdin, argv => \@parts };
}

sub serve {
	my ($request) = @_;
	load_font() if $request->{argv}[0] eq '@screen';
	my $pid = fork() // die "fork: $!";
	return if $pid;
	$SIG{CHLD} = 'DEFAULT';
	my ($code, $out, $err) = $request->{argv}[0] eq '@screen' ? screen($request->{argv}[1]) : run($request);
	flock($lock, LOCK_UN);
	open(my $own, '>', '/run/test-agent.lock') or die "lock: $!";    # a lock of its own: forks share the parent's
	flock($own, LOCK_EX);
	write_all("$request->{id} $code " . length($out) . ' ' . length($err) . "\n" . $out . $err);
	POSIX::_exit(0);
}

sub write_all {
	my ($data) = @_;
	my $at = 0;
	while ($at < length $data) {
		my $count = syswrite($port, $data, length($data) - $at, $at);
		POSIX::_exit(1) if !defined $count;
		$at += $count;
	}
}

sub run {
	my ($request) = @_;
	my ($in, $out, $err) = map { spool() } 1 .. 3;
	syswrite($in, $request->{stdin});
	sysseek($in, 0, SEEK_SET);
	my $pid = fork() // die "fork: $!";
	if (!$pid) {
		POSIX::setsid();
		POSIX::dup2(fileno $in, 0);
		POSIX::dup2(fileno $out, 1);
		POSIX::dup2(fileno $err, 2);
		exec { $request->{argv}[0] } @{ $request->{argv} } or print STDERR "$request->{argv}[0]: $!\n";
		POSIX::_exit(127);
	}
	my $late = 0;
	local $SIG{ALRM} = sub { $late = 1; kill 'KILL', -$pid };
	alarm $request->{seconds};
	waitpid($pid, 0);
	my $status = $?;
	alarm 0;
	my $code = $late ? 124 : $status & 127 ? 128 + ($status & 127) : $status >> 8;
	return ($code, slurp($out), slurp($err));
}

# An unnamed temporary file in memory.
sub spool {
	my $path = "/run/test-agent.$$." . rand();
	open(my $file, '+>', $path) or die "$path: $!";
	unlink $path;
	binmode $file;
	return $file;
}

sub slurp {
	my ($file) = @_;
	sysseek($file, 0, SEEK_SET);
	my $text = '';
	1 while sysread($file, $text, 1 << 16, length $text);
	return $text;
}

# The glyphs of VT number N: "ACTIVE_VT HIGH_FONT_MASK ENTRIES\n", the font's map as (unicode, glyph)
# pairs of 16 bits, then /dev/vcsaN. Done here because a process for it would cost 50 ms under emulation.
sub screen {
	my ($number) = @_;
	open(my $vcs, '<', "/dev/vcsa$number") or return (1, '', "/dev/vcsa$number: $!\n");
	binmode $vcs;
	open(my $front, '<', '/sys/class/tty/tty0/active') or return (1, '', "active terminal: $!\n");
	my ($active) = <$front> =~ /(\d+)/;
	return (0, "$active $font->{mask} $font->{entries}\n$font->{pairs}" . slurp($vcs), '');
}

# The font's map. Only tty1 is opened, and seldom: on a terminal that somebody has open logind starts no getty.
sub load_font {
	return if $font && time - $font->{read} < 10;
	# It must not become this program's own: the console could not have it then.
	sysopen(my $tty, '/dev/tty1', O_RDONLY | O_NOCTTY) or die "/dev/tty1: $!";
	my $mask = pack('S', 0);
	ioctl($tty, 0x560D, $mask) or die "VT_GETHIFONTMASK: $!";
	my $pairs = "\0" x (4 * 8192);
	my $map = pack('S x6 P', 8192, $pairs);
	ioctl($tty, 0x4B66, $map) or die "GIO_UNIMAP: $!";
	my $entries = unpack('S', $map);
	$font = { read => time, mask => unpack('S', $mask), entries => $entries, pairs => substr($pairs, 0, 4 * $entries) };
}
