# drive.pl - run a program on a terminal of its own, type what it asks for, and
# tell how long it took.
#   perl - COUNT UID GIDS PROGRAM ARG...
# UID and GIDS (comma separated, the first one is the gid) are set before the
# program starts, without PAM. After this program comes a line "__END__", then
# what to type, a line at each prompt: "p SECRET" where a password is asked for,
# "s COMMAND" to a shell; an empty line stands between one run's answers and the
# next's, and after the last the first come again.
# Prints for each run "= MILLISECONDS STATUS", then what was on the terminal. A
# run that asks for anything else, or is not over in time, gets a hangup.
use strict;
use Fcntl;
use POSIX ();

my ($count, $uid, $gids, @program) = @ARGV;
my $patience = 45_000;
my %prompt = (
	p => qr/assword(?: for [^\n:]*)?: ?\z/,
	s => qr/[\$#] \z/,
	name => qr/\n\S+ login: \z/,
);

# perl-base has neither IO::Pty nor Time::HiRes; asm-generic/ioctls.h.
my ($TIOCGPTN, $TIOCSPTLCK) = (0x80045430, 0x40045431);
my $clock_gettime = (POSIX::uname())[4] eq 'aarch64' ? 113 : 228;

sub now {
	my $ts = "\0" x 16;
	syscall($clock_gettime, 1, $ts) == 0 or die "clock: $!";
	my ($s, $ns) = unpack('qq', $ts);
	return $s * 1e3 + $ns / 1e6;
}

sub terminal {
	sysopen(my $master, '/dev/ptmx', O_RDWR | O_NOCTTY) or die "ptmx: $!";
	ioctl($master, $TIOCSPTLCK, my $unlock = pack('i', 0)) or die "unlock: $!";
	ioctl($master, $TIOCGPTN, my $n = pack('i', 0)) or die "number: $!";
	return ($master, '/dev/pts/' . unpack('i', $n));
}

sub child {
	my ($name) = @_;
	my @groups = split(/,/, $gids);
	POSIX::setsid();
	sysopen(my $slave, $name, O_RDWR) or die "$name: $!";
	chown($uid, $groups[0], $name);
	POSIX::dup2(fileno($slave), $_) for 0 .. 2;
	$) = join(' ', $groups[0], @groups);
	POSIX::setgid($groups[0]);
	POSIX::setuid($uid);
	exec(@program) or POSIX::_exit(127);
}

# False: there is nothing to say to that.
sub answer {
	my ($master, $kind, $answers) = @_;
	my ($for, $text) = split(/ /, shift(@$answers) // '', 2);
	return ($for // '') eq $kind && syswrite($master, "$text\n");
}

sub run {
	my @answers = @_;
	my ($master, $name) = terminal();
	my $start = now();
	my $pid = fork() // die "fork: $!";
	child($name) if $pid == 0;

	my ($seen, $fresh) = ('', '');
	for (;;) {
		my $in = '';
		vec($in, fileno($master), 1) = 1;
		my $left = $start + $patience - now();
		last if $left <= 0 || !select($in, undef, undef, $left / 1e3);
		# EIO: nobody has the terminal open any more.
		sysread($master, my $bytes, 4096) or last;
		$seen .= $bytes;
		$fresh .= $bytes;
		my ($kind) = grep { $fresh =~ $prompt{$_} } keys %prompt;
		next if !$kind;
		answer($master, $kind, \@answers) or last;
		$fresh = '';
	}
	close($master);
	waitpid($pid, 0);
	my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
	printf "= %.1f %d\n", now() - $start, $status;
	$seen =~ s/\r//g;
	print $seen, "\n";
}

my @runs = ([]);
while (my $line = <DATA>) {
	chomp $line;
	if ($line eq '') { push @runs, [] } else { push @{$runs[-1]}, $line }
}
$SIG{PIPE} = 'IGNORE';
$| = 1;
run(@{$runs[$_ % @runs]}) for 0 .. $count - 1;
