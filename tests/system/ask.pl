# ask.pl - one question to the front in the bytes of doc/PROTOCOL.md, for what
# no module would ever say. Standard input is not read.
#   perl - SOCKET OP STRING...    a body of strings; prints "status N", then
#                                 the rest of the answer in hex. "env:NAME" is
#                                 what that variable holds: a password
#   perl - SOCKET raw HEX         these bytes; prints what comes back
# A connection that is refused prints "refused", one that is cut "closed".
use strict;
use IO::Socket::UNIX;

my ($path, $op, @words) = @ARGV;
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { print "silence\n"; exit 0 };
alarm 10;

my $s = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path);
if (!$s) {
	print "refused\n";
	exit 0;
}
my $message = pack('H*', $words[0] // '');
if ($op ne 'raw') {
	s/^env:(\w+)$/$ENV{$1}/ for @words;
	my $body = join('', map { pack('N/a*', $_) } @words);
	$message = pack('NnnN', length($body), 2, $op, 7) . $body;
}
syswrite($s, $message);

my $answer = '';
my $want = 12;
while (length($answer) < $want) {
	my $n = sysread($s, $answer, 65536, length($answer));
	last unless $n;
	$want = 12 + unpack('N', $answer) if length($answer) >= 12;
}
if (length($answer) < 16) {
	print "closed\n";
	exit 0;
}
my (undef, undef, $said, $id, $status) = unpack('NnnNN', $answer);
print "status $status\n", unpack('H*', substr($answer, 16)), "\n";
