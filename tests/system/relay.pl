# relay.pl - a slow way to a server.
#   perl - ADDRESS PORT SERVER BYTES MILLISECONDS
# Listens at ADDRESS and passes on, in each direction, no more than so many
# bytes in so many milliseconds. Prints its process group and goes to the
# background.
use strict;
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);

my ($address, $port, $server, $bytes, $ms) = @ARGV;
my $listener = IO::Socket::INET->new(
	LocalAddr => $address, LocalPort => $port, Listen => 64, ReuseAddr => 1)
	or die "relay: $address:$port: $!";
$SIG{CHLD} = 'IGNORE';

my $pid = fork();
die "relay: fork: $!" unless defined $pid;
if ($pid) {
	print "$pid\n";
	exit 0;
}
POSIX::setsid();
open $_, '+>', '/dev/null' for *STDIN, *STDOUT, *STDERR;

sub pass_on {
	my ($client) = @_;
	my $peer = IO::Socket::INET->new(PeerAddr => $server, PeerPort => $port)
		or return;
	setsockopt $_, IPPROTO_TCP, TCP_NODELAY, 1 for $client, $peer;
	my %other = ($client => $peer, $peer => $client);
	my $both = IO::Select->new($client, $peer);
	while (my @ready = $both->can_read()) {
		for my $from (@ready) {
			my $n = sysread $from, my $data, $bytes;
			return unless $n;
			syswrite $other{$from}, $data or return;
		}
		select undef, undef, undef, $ms / 1000;
	}
}

while (my $client = $listener->accept()) {
	my $child = fork();
	if (defined $child && $child == 0) {
		close $listener;
		pass_on($client);
		POSIX::_exit(0);
	}
	close $client;
}
