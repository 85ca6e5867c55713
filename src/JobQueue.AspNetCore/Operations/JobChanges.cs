using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.Operations;

/// <summary>Gathers what happened to jobs until it is taken, by state, in a bounded size. Safe to use from any thread.</summary>
internal sealed class JobChanges
{
    private const int IdsShown = 100;

    private readonly Lock _sync = new();
    private Dictionary<(string State, bool IsProgress), Gathered> _gathered = [];
    private DateTimeOffset _at;
    private bool _hasGap;

    /// <summary>Whether something has happened since this was last set to false.</summary>
    public bool HasHappenedSinceCounts
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    public void Add(JobEvent change)
    {
        if (change.IsGap)
        {
            AddGap(change.At);
            return;
        }

        lock (_sync)
        {
            _at = change.At;
            var key = (change.State is { } state ? Words.OfStateApart(state) : "deleted", change.IsProgress);
            if (!_gathered.TryGetValue(key, out var gathered))
            {
                _gathered.Add(key, gathered = new Gathered());
            }

            gathered.Count += change.JobIds.Count;
            foreach (var id in change.JobIds)
            {
                if (gathered.Ids.Count == IdsShown)
                {
                    break;
                }

                gathered.Ids.Add(id.ToString());
            }
        }

        HasHappenedSinceCounts = true;
    }

    public void AddGap(DateTimeOffset at)
    {
        lock (_sync)
        {
            (_at, _hasGap) = (at, true);
        }

        HasHappenedSinceCounts = true;
    }

    /// <summary>What was gathered; null when nothing was.</summary>
    public (bool HasGap, JobChangesShape? Changes) Take()
    {
        lock (_sync)
        {
            var hasGap = _hasGap;
            _hasGap = false;
            if (_gathered.Count == 0)
            {
                return (hasGap, null);
            }

            var taken = _gathered;
            _gathered = [];
            return (hasGap, new JobChangesShape(_at, [.. taken.Select(static pair => new JobChangeShape(pair.Key.State, pair.Key.IsProgress, pair.Value.Count, pair.Value.Ids))]));
        }
    }

    private sealed class Gathered
    {
        public int Count { get; set; }

        public List<string> Ids { get; } = [];
    }
}

/// <summary>What happened to jobs in a quarter of a second.</summary>
internal sealed record JobChangesShape(DateTimeOffset At, IReadOnlyList<JobChangeShape> Changes);

/// <summary>Jobs that came into a state (or were deleted), or came further; the first 100 of them by id.</summary>
internal sealed record JobChangeShape(string State, bool IsProgress, int Count, IReadOnlyList<string> JobIds);
