# clock.pl - how long getpwnam(3) takes inside one process.
#   perl - COUNT NAME
# Prints for each call: milliseconds, "found" or "-", errno.
use strict;
use POSIX ();

my ($count, $name) = @ARGV;
# perl-base has no Time::HiRes.
my $clock_gettime = (POSIX::uname())[4] eq 'aarch64' ? 113 : 228;
my $monotonic = 1;

sub now {
	my $ts = "\0" x 16;
	syscall($clock_gettime, $monotonic, $ts) == 0 or die "clock: $!";
	my ($s, $ns) = unpack('qq', $ts);
	return $s * 1e3 + $ns / 1e6;
}

for (1 .. $count) {
	my $start = now();
	$! = 0;
	my @found = getpwnam($name);
	my $error = $! + 0;
	printf "%.3f %s %d\n", now() - $start, @found ? 'found' : '-', $error;
}
