using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace JobQueue.Diagnostics;

/// <summary>
/// The instruments of a host, each documented in docs/observability.md. The meter is the host's own, so that hosts of one process are
/// told apart. Nothing is measured while nobody listens. Safe to use from any thread.
/// </summary>
internal sealed class JobQueueMetrics
{
    private const int MaxQueues = 200;
    private const int MaxJobNames = 500;

    /// <summary>What OpenTelemetry advises for durations in seconds, widened to jobs that run for hours.</summary>
    private static readonly InstrumentAdvice<double> JobSeconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200],
    };

    private static readonly InstrumentAdvice<double> CallSeconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private readonly BoundedNames _queues = new(MaxQueues);
    private readonly BoundedNames _jobs = new(MaxJobNames);
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _dead;
    private readonly Counter<long> _cancelled;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _calls;
    private readonly ObservableGauge<long> _depth;
    private readonly Dictionary<(string Queue, string Job), long> _running = [];
    private volatile IReadOnlyList<Measurement<long>> _depths = [];

    public JobQueueMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(new MeterOptions(TelemetryTags.Scope) { Version = typeof(JobQueueMetrics).Assembly.GetName().Version?.ToString(3) });
        _enqueued = meter.CreateCounter<long>("jobqueue.jobs.enqueued", "{job}", "Jobs that this process has stored.");
        _completed = meter.CreateCounter<long>("jobqueue.jobs.completed", "{job}", "Jobs that have completed here.");
        _failed = meter.CreateCounter<long>("jobqueue.jobs.failed", "{attempt}", "Attempts that have failed here, retried or not.");
        _retried = meter.CreateCounter<long>("jobqueue.jobs.retried", "{attempt}", "Failed attempts that are followed by another.");
        _dead = meter.CreateCounter<long>("jobqueue.jobs.dead", "{job}", "Jobs that have become dead letters here.");
        _cancelled = meter.CreateCounter<long>("jobqueue.jobs.cancelled", "{job}", "Jobs that have been cancelled here.");
        _duration = meter.CreateHistogram("jobqueue.job.duration", "s", "How long an attempt took.", advice: JobSeconds);
        _wait = meter.CreateHistogram("jobqueue.job.wait_time", "s", "How long a job waited from when it was due to when its attempt began.", advice: JobSeconds);
        _calls = meter.CreateHistogram("jobqueue.redis.call.duration", "s", "How long a script took, on the way, in Redis and back.", advice: CallSeconds);
        meter.CreateObservableUpDownCounter<long>("jobqueue.jobs.running", ObserveRunning, "{job}", "Attempts that run in this process now.");
        _depth = meter.CreateObservableGauge<long>("jobqueue.queue.depth", () => _depths, "{job}", "Jobs that wait for a worker, in the whole store.");
    }

    /// <summary>Tells the queue and the name of each attempt that runs; null while no worker does. Called by whoever collects metrics, so it must not wait.</summary>
    public Func<IEnumerable<(string Queue, string Job)>>? Running { get; set; }

    public bool MeasuresCalls => _calls.Enabled;

    private bool IsCollected => _completed.Enabled || _failed.Enabled || _retried.Enabled || _dead.Enabled || _cancelled.Enabled || _duration.Enabled || _wait.Enabled;

    public bool MeasuresDepth => _depth.Enabled;

    public void Enqueued(string queue, string job)
    {
        if (_enqueued.Enabled)
        {
            _enqueued.Add(1, Tags(queue, job));
        }
    }

    /// <summary>The store has taken how a job, or an attempt of it, ended.</summary>
    /// <param name="outcome">One of <see cref="JobOutcomes"/>.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="job">Its name.</param>
    /// <param name="attempt">How long it waited and ran; null when no handler ran.</param>
    public void Ended(string outcome, string queue, string job, (TimeSpan Waited, TimeSpan Elapsed)? attempt)
    {
        if (!IsCollected)
        {
            return;
        }

        var tags = Tags(queue, job);
        switch (outcome)
        {
            case JobOutcomes.Completed:
                _completed.Add(1, tags);
                break;
            case JobOutcomes.Cancelled:
                _cancelled.Add(1, tags);
                break;
            case JobOutcomes.Retrying:
                _failed.Add(1, tags);
                _retried.Add(1, tags);
                break;
            case JobOutcomes.Dead or JobOutcomes.Discarded:
                if (attempt is not null)
                {
                    _failed.Add(1, tags);
                }

                _dead.Add(1, tags);
                break;
        }

        if (attempt is { } measured)
        {
            _wait.Record(Math.Max(0, measured.Waited.TotalSeconds), tags);
            tags.Add(TelemetryTags.Outcome, outcome);
            _duration.Record(measured.Elapsed.TotalSeconds, tags);
        }
    }

    public void Called(string script, TimeSpan elapsed)
        => _calls.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>(TelemetryTags.Script, script));

    /// <summary>What waits now, from the last look at the store; nothing once nobody looks any more.</summary>
    public void Waiting(IEnumerable<(string Queue, string Priority, long Jobs)> depths)
    {
        var sums = new Dictionary<(string Queue, string Priority), long>();
        foreach (var (queue, priority, jobs) in depths)
        {
            var key = (_queues.Of(queue), priority);
            sums[key] = sums.GetValueOrDefault(key) + jobs;
        }

        _depths = [.. sums.Select(static sum => new Measurement<long>(
            sum.Value, new(TelemetryTags.Queue, sum.Key.Queue), new(TelemetryTags.Priority, sum.Key.Priority)))];
    }

    /// <summary>What has run once is told as 0 later: a series that ends looks like one that stays as it was.</summary>
    private List<Measurement<long>> ObserveRunning()
    {
        lock (_running)
        {
            foreach (var known in _running.Keys)
            {
                _running[known] = 0;
            }

            foreach (var (queue, job) in Running?.Invoke() ?? [])
            {
                var key = (_queues.Of(queue), _jobs.Of(job));
                _running[key] = _running.GetValueOrDefault(key) + 1;
            }

            return [.. _running.Select(static running => new Measurement<long>(running.Value, new(TelemetryTags.Queue, running.Key.Queue), new(TelemetryTags.JobName, running.Key.Job)))];
        }
    }

    private TagList Tags(string queue, string job) => new() { { TelemetryTags.Queue, _queues.Of(queue) }, { TelemetryTags.JobName, _jobs.Of(job) } };
}
