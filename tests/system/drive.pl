# drive.pl - run programs on a terminal of their own, type what they ask for,
# and tell how long they took.
# After this program comes a line "__END__", then the jobs, each a line of
# words with tabs between them,
#   job COUNT UID GIDS PROGRAM ARG...
# and below it what to type: "p SECRET" where a password is asked for, "s
# COMMAND" to a shell. An empty line stands between one run's answers and the
# next's; after the last the first come again. UID and GIDS (comma separated,
# the first one is the gid) are set before the program starts, without PAM.
# Prints for each job "job", and for each of its runs "= MILLISECONDS STATUS"
# and what was on the terminal. A run that asks for anything else, or is not
# over in time, gets a hangup.
use strict;
use Fcntl;
use POSIX ();

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
	my ($name, $uid, $gids, @program) = @_;
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
	my ($job, @answers) = @_;
	my ($master, $name) = terminal();
	my $start = now();
	my $pid = fork() // die "fork: $!";
	child($name, @$job) if $pid == 0;

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

my @jobs;
while (my $line = <DATA>) {
	chomp $line;
	if ($line =~ s/^job\t//) {
		push @jobs, { words => [split(/\t/, $line)], runs => [[]] };
	} elsif ($line eq '') {
		push @{$jobs[-1]{runs}}, [];
	} else {
		push @{$jobs[-1]{runs}[-1]}, $line;
	}
}
$SIG{PIPE} = 'IGNORE';
$| = 1;
for my $job (@jobs) {
	my ($count, @words) = @{$job->{words}};
	my @runs = @{$job->{runs}};
	print "job\n";
	run(\@words, @{$runs[$_ % @runs]}) for 0 .. $count - 1;
}
