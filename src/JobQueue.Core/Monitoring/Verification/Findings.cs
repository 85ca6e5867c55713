using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>The violations found so far, up to a bound.</summary>
internal sealed class Findings
{
    private const int Most = 1_000;

    private readonly List<Violation> _violations = [];
    private readonly HashSet<(ViolationKind Kind, JobId? Id, string Key, string Text)> _known = [];

    /// <summary>Whether no more are taken: what goes wrong a thousand times need not be read a million times.</summary>
    public bool IsFull => _violations.Count >= Most;

    public void Add(ViolationKind kind, JobId? id, string key, string text, Suspect? suspect = null, string? entry = null)
    {
        if (!IsFull && _known.Add((kind, id, key, text)))
        {
            _violations.Add(new Violation(kind, id, key, text) { Suspect = suspect, Entry = entry });
        }
    }

    public VerificationReport ToReport(long jobs) => new([.. _violations], jobs, !IsFull);
}
