# answer.pl - ask getpwnam(3) for names that nobody has, which only a
# controller can say.
#   perl - nobody|offline SECONDS
# nobody: until there is an answer. offline: until it is said within 50 ms, twice
# in a row, that there is none. Prints the milliseconds from the start to the end,
# and those of the longest call; fails after SECONDS.
use strict;
use Errno qw(ENOENT EAGAIN);
use POSIX ();

my ($wanted, $seconds) = @ARGV;
# perl-base has no Time::HiRes.
my $clock_gettime = (POSIX::uname())[4] eq 'aarch64' ? 113 : 228;
my $monotonic = 1;
my $at_once = 50;

sub now {
	my $ts = "\0" x 16;
	syscall($clock_gettime, $monotonic, $ts) == 0 or die "clock: $!";
	my ($s, $ns) = unpack('qq', $ts);
	return $s * 1e3 + $ns / 1e6;
}

my $begin = now();
my ($longest, $quick, $count) = (0, 0, 0);
while (now() - $begin < $seconds * 1000) {
	my $start = now();
	$! = 0;
	# Another one each time, so that nobody remembers the last answer.
	my $name = sprintf 'q%d-%d-%d@lightwave.test', $$, time, $count++;
	die "$name is somebody" if getpwnam($name);
	my $error = $! + 0;
	my $took = now() - $start;
	$longest = $took if $took > $longest;
	my $answered = $error == 0 || $error == ENOENT;
	die "$name: error $error" unless $answered || $error == EAGAIN;
	$quick = !$answered && $took < $at_once ? $quick + 1 : 0;
	if ($wanted eq 'nobody' ? $answered : $quick == 2) {
		printf "%.1f %.1f\n", now() - $begin, $longest;
		exit 0;
	}
	select undef, undef, undef, 0.02;
}
die "not in $seconds s\n";
