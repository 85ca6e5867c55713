using System.Collections.Concurrent;
using System.Diagnostics;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// Keeps the library's spans of some queues, or of some traces. What belongs to other tests is not sampled, so that it is not there for them
/// either.
/// </summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _traces = new();
    private readonly string[] _queues;
    private readonly ActivityListener _listener;

    public RecordedSpans(params string[] queues)
    {
        _queues = queues;
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "JobQueue",
            Sample = Sample,
            ActivityStopped = span =>
            {
                if (IsOurs(span.TraceId, span.TagObjects))
                {
                    _ended.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Every span that has ended, in the order they ended.</summary>
    public IReadOnlyList<Activity> Ended => [.. _ended];

    /// <summary>Spans of this trace are sampled too.</summary>
    public void Follow(Activity root) => _traces[root.TraceId] = true;

    /// <summary>Waits until so many of a name have ended.</summary>
    public async Task<IReadOnlyList<Activity>> EndedAsync(string name, int count)
    {
        await Eventually.HoldsAsync(() => _ended.Count(span => span.DisplayName == name) >= count, $"{count} spans '{name}' have ended");
        return [.. _ended.Where(span => span.DisplayName == name)];
    }

    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
        => IsOurs(options.Parent.TraceId, options.Tags ?? []) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;

    private bool IsOurs(ActivityTraceId trace, IEnumerable<KeyValuePair<string, object?>> tags)
        => _traces.ContainsKey(trace) || tags.Any(tag => tag.Key == "messaging.destination.name" && _queues.Contains(tag.Value));
}
