# What both scripts of Keyhold share: that they run in any environment, and how they ask the running app. Installed,
# they have it in them and need no other file.

# Bash takes these from an exported SHELLOPTS or a BASH_ENV, and functions in the place of what the shell itself has.
# Tracing ends without a trace of its own; not every shell has the last two.
{
  set +aefmuvxC
  unset -f command printf print true echo '[' perl curl id
  command set +o history
  command set +o pipefail
} 2>/dev/null
unset IFS
LC_ALL=C
export LC_ALL

line_feed='
'
not_running='Keyhold is not running, or not for this user. Start it, unlock it and run the command again.'
no_answer='Keyhold did not answer as expected. Restart it and run the command again.'

# The printf of mksh is a program, whose words everybody can read; its print is part of it.
case ${KSH_VERSION-} in
  *' KSH '*)
    if [ "$(command -v print)" = print ]; then
      printf() {
        shift
        for printed in "$@"; do print -r -- "$printed" || return; done
      }
    fi
    ;;
esac

# Writes a line to standard output. Where that fails, be it closed (which zsh passes over), full or without a reader,
# nothing was a success; and what a shell (ksh93) keeps of the line and writes with the next one must not end on
# standard error.
put() {
  { true 3>&1; } 2>/dev/null && printf '%s\n' "$1" 2>/dev/null && return
  exec >/dev/null
  echo
  fail 1 'Keyhold could not write its answer: standard output is full or closed.'
}

# What went wrong goes to standard error, with the exit code that says so.
fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

# In the place of a standard stream that is closed, the next file or socket that is opened would be read or written.
# A closed standard output stays so, until `put` finds it.
true 3>&2 || exec 2>/dev/null
{ true 3<&0; } 2>/dev/null || exec </dev/null

# An empty or relative entry of PATH means the folder that the client happens to run in: nothing is started from there.
given_path=${PATH-}
case :${PATH-/}: in
  *:[!/]* | *::*)
    entries=$PATH:
    PATH=''
    while [ -n "$entries" ]; do
      case ${entries%%:*} in /*) PATH=${PATH:+$PATH:}${entries%%:*} ;; esac
      entries=${entries#*:}
    done
    PATH=${PATH:-/usr/bin:/bin}
    ;;
esac

# Perl starts in a quarter of curl's time, for it loads no library.
if command -v perl >/dev/null 2>&1; then
  ask=ask_by_perl
elif command -v curl >/dev/null 2>&1; then
  ask=ask_by_curl
else
  ask=''
fi

home=${HOME-}
if [ -z "$home" ]; then
  user=$(command id -un 2>/dev/null)
  case $user in
    '' | *[!A-Za-z0-9._-]*) ;;
    *) eval "home=~$user" ;;
  esac
fi

# The same folder as in main/agent/socket-path.ts.
if [ -d /System/Library/CoreServices ]; then
  folder="$home/Library/Application Support/Keyhold"
else
  case ${XDG_STATE_HOME-} in
    /*) folder=$XDG_STATE_HOME/keyhold ;;
    *) folder=$home/.local/state/keyhold ;;
  esac
  case ${XDG_RUNTIME_DIR-} in /*) folder=$XDG_RUNTIME_DIR/keyhold ;; esac
fi

# Both send standard input to a path of the agent and print the body of the answer, and end with 7 where nobody
# listens, as curl does by itself. They wait longer than a person is given to approve. They go into the folder of the
# socket, because an address of a socket has room for about a hundred bytes.
ask_by_perl() {
  # Settings of Perl would run or read what is none of the scripts' business.
  unset PERL5OPT PERL5LIB PERLLIB PERL5DB PERL_UNICODE PERLIO
  command perl -f -e '
    my ($folder, $path, $caller) = @ARGV;
    # No more than it takes to be too long.
    my $input = "";
    read STDIN, $input, 65537;
    chdir $folder or exit 7;
    my $socket = "agent.sock";
    my $address = $^O eq "linux" ? pack("S a* x", 1, $socket) : pack("C C a* x", length($socket) + 3, 1, $socket);
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
  ' "$folder" "$1" "$$"
}
ask_by_curl() {
  command cd -- "$folder" 2>/dev/null || return 7
  # Neither TLS nor words are needed: without their settings curl starts a tenth faster.
  OPENSSL_CONF=/dev/null command curl -q --silent --noproxy '*' --max-time 75 --unix-socket agent.sock \
    --header 'Accept: application/x-keyhold-helper' --header "Keyhold-Caller: $$" --data-binary @- "http://keyhold$1"
}

# Passes the answer on and ends. Its first line: exit code, a space, the line for standard error. The others, if any:
# standard output.
pass_on() {
  first=${1%%"$line_feed"*}
  if [ "$first" != "$1" ]; then
    put "${1#*"$line_feed"}"
  fi
  if [ -n "${first#??}" ]; then
    printf '%s\n' "${first#??}" >&2
  fi
  exit "${first%% *}"
}
