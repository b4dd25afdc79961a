# What both scripts of Keyhold share: how they ask the running app. Installed, they have it in them and need no other
# file.

line_feed='
'
not_running='Keyhold is not running, or not for this user. Start it, unlock it and run the command again.'
no_answer='Keyhold did not answer as expected. Restart it and run the command again.'

# Perl starts in a quarter of curl's time, for it loads no library.
if command -v perl >/dev/null 2>&1; then
  ask=ask_by_perl
elif command -v curl >/dev/null 2>&1; then
  ask=ask_by_curl
else
  ask=''
fi

# The same path as in main/agent/socket-path.ts.
if [ -d /System/Library/CoreServices ]; then
  socket="$HOME/Library/Application Support/Keyhold/agent.sock"
elif [ -n "$XDG_RUNTIME_DIR" ]; then
  socket=$XDG_RUNTIME_DIR/keyhold/agent.sock
else
  socket=${XDG_STATE_HOME:-$HOME/.local/state}/keyhold/agent.sock
fi

# Both send standard input to a path of the agent and print the body of the answer, and end with 7 where nobody
# listens, as curl does by itself. They wait longer than a person is given to approve.
ask_by_perl() {
  # Settings of Perl would run or read what is none of the scripts' business.
  unset PERL5OPT PERL5LIB PERLLIB PERL5DB PERL_UNICODE PERLIO
  LC_ALL=C perl -f -e '
    my ($socket, $path, $caller) = @ARGV;
    my $input = do { local $/; <STDIN> };
    $input = "" if !defined $input;
    my $linux = $^O eq "linux";
    exit 3 if length($socket) > ($linux ? 107 : 103);
    my $address = $linux ? pack("S a* x", 1, $socket) : pack("C C a* x", length($socket) + 3, 1, $socket);
    $SIG{PIPE} = "IGNORE";
    $SIG{ALRM} = sub { exit 28 };
    alarm 75;
    my $agent;
    socket($agent, 1, 1, 0) && connect($agent, $address) or exit 7;
    select $agent;
    $| = 1;
    print "POST $path HTTP/1.1\r\nHost: keyhold\r\nConnection: close\r\n",
      "Accept: application/x-keyhold-helper\r\nKeyhold-Caller: $caller\r\n",
      "Content-Length: ", length($input), "\r\n\r\n", $input;
    local $/;
    my ($head, $body) = split /\r\n\r\n/, (<$agent> || ""), 2;
    exit 8 if !defined $body || $head !~ m{\AHTTP/1\.1 } || $head !~ m{^content-length: *(\d+)\r?$}mi;
    exit 18 if length($body) != $1;
    print STDOUT $body;
  ' "$socket" "$1" "$$"
}
ask_by_curl() {
  # Neither TLS nor words are needed: without their settings curl starts a tenth faster.
  OPENSSL_CONF=/dev/null LC_ALL=C curl -q --silent --noproxy '*' --max-time 75 --unix-socket "$socket" \
    --header 'Accept: application/x-keyhold-helper' --header "Keyhold-Caller: $$" --data-binary @- "http://keyhold$1"
}

# Passes the answer on and ends. Its first line: exit code, a space, the line for standard error. The others, if any:
# standard output.
pass_on() {
  first=${1%%"$line_feed"*}
  if [ "$first" != "$1" ]; then
    printf '%s\n' "${1#*"$line_feed"}"
  fi
  if [ -n "${first#??}" ]; then
    printf '%s\n' "${first#??}" >&2
  fi
  exit "${first%% *}"
}
