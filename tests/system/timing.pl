# timing.pl - how long the front takes to refuse each of several names. Runs as
# root on photon.
#   perl - SOCKET ROUNDS PASSWORD-VARIABLE NAME...
# Eight processes, each with a connection of its own, ask about all the names in
# each round, in another order every time. Prints "NAME STATUS MILLISECONDS" for
# each answer.
use strict;
use IO::Socket::UNIX;
use List::Util qw(shuffle);
use POSIX ();

my ($path, $rounds, $variable, @names) = @ARGV;
my $password = $ENV{$variable};
my $processes = 8;

# perl-base has no Time::HiRes.
my $clock_gettime = (POSIX::uname())[4] eq 'aarch64' ? 113 : 228;

sub now {
	my $ts = "\0" x 16;
	syscall($clock_gettime, 1, $ts) == 0 or die "clock: $!";
	my ($s, $ns) = unpack('qq', $ts);
	return $s * 1e3 + $ns / 1e6;
}

sub ask {
	my ($s, $name) = @_;
	my $body = join('', map { pack('N/a*', $_) }
		$name, $password, 'sshd', '192.0.2.7');
	my $start = now();
	syswrite($s, pack('NnnN', length($body), 2, 32, 7) . $body);
	my ($answer, $want) = ('', 16);
	while (length($answer) < $want) {
		sysread($s, $answer, 4096, length($answer)) or die "cut off";
		$want = 12 + unpack('N', $answer) if length($answer) >= 12;
	}
	printf "%s %d %.3f\n", $name, unpack('N', substr($answer, 12)),
		now() - $start;
}

alarm 60;
for (1 .. $processes) {
	next if fork;
	my $s = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path)
		or die "$path: $!";
	for (1 .. $rounds / $processes) {
		ask($s, $_) for shuffle(@names);
	}
	STDOUT->flush();
	POSIX::_exit(0);
}
1 while wait() > 0;
