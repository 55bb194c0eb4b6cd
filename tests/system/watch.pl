# watch.pl - what all processes have for arguments and environment, looked at a
# hundred times a second until standard input ends.
#   perl -e "$(cat watch.pl)"
# Prints each text that it saw once; the words in it are apart by newlines.
use strict;

$| = 1;
print "watching\n";
my %seen;
for (;;) {
	for my $path (glob('/proc/[0-9]*/cmdline /proc/[0-9]*/environ')) {
		open(my $f, '<', $path) or next;
		local $/;
		my $text = <$f>;
		$seen{$text} = 1 if defined $text;
	}
	my $in = '';
	vec($in, fileno(STDIN), 1) = 1;
	last if select($in, undef, undef, 0.01);
}
print map { tr/\0/\n/r . "\n" } keys %seen;
