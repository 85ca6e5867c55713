# Sidekiq's side of the comparison: does what it is told in lines, and answers each with a line that begins with "> ".
# As its documentation advises: push_bulk by a thousand, the default of 10 threads, no line of log a job.
# The producer is `ruby bench.rb`; the worker is `sidekiq -r ./bench.rb`, which never gets told to enqueue.
require 'json'
require 'sidekiq'

$stdout.sync = true
Sidekiq.logger.level = Logger::WARN
Redis.silence_deprecations = true # Its client would write a line a call.
Sidekiq.configure_client { |config| config.redis = { size: 64 } } # A connection a calling thread.
LATENCIES = Queue.new

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
end

class Noop
  include Sidekiq::Worker

  def perform(args)
    LATENCIES << (now - args['sent']) / 1e6 unless args['sent'].zero?
  end
end

USUAL = { 'sent' => 0, 'text' => 'x' * (100 - JSON.generate({ sent: 0, text: '' }).bytesize) }.freeze
BULK_SIZE = 1000

def timed
  began = now
  yield
  (now - began) / 1e9
end

def bulk(count)
  timed do
    (count / BULK_SIZE).times { Sidekiq::Client.push_bulk('class' => Noop, 'args' => Array.new(BULK_SIZE) { [USUAL] }) }
  end
end

def concurrent(count, callers)
  timed do
    Array.new(callers) { Thread.new { (count / callers).times { Noop.perform_async(USUAL) } } }.each(&:join)
  end
end

def single(count)
  Array.new(count) { timed { Noop.perform_async(USUAL) } * 1e3 }.join(' ')
end

def paced(count, gap)
  count.times do
    Noop.perform_async(USUAL.merge('sent' => now))
    sleep(gap / 1e3)
  end
end

def latencies
  Array.new(LATENCIES.size) { LATENCIES.pop }.join(' ')
end

def work
  'ready'
end

serve = lambda do
  while (line = $stdin.gets)
    name, *numbers = line.split
    puts "> #{send(name, *numbers.map(&:to_i))}"
  end
end

if Sidekiq.server?
  Thread.new do
    serve.call
    Process.kill('TERM', Process.pid)
  end
else
  serve.call
end
