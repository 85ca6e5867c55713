using JobQueue.Diagnostics;

namespace JobQueue.Handlers;

/// <summary>The handlers of this process by name and by former name. Immutable; safe to use from any thread.</summary>
internal sealed class HandlerRegistry
{
    private readonly Dictionary<string, HandlerRegistration> _handlers;

    public HandlerRegistry(HandlerRegistrations registrations)
    {
        All = [.. registrations.All];
        _handlers = new Dictionary<string, HandlerRegistration>(All.Count, StringComparer.Ordinal);
        foreach (var registration in All)
        {
            Add(registration.Name, registration);
            for (var i = 0; i < registration.Options.Aliases.Count; i++)
            {
                Add(registration.Options.Aliases[i], registration);
            }
        }

        QueueLimits = FindQueueLimits();
    }

    public IReadOnlyList<HandlerRegistration> All { get; }

    /// <summary>How many jobs of a queue may run at the same time, for the queues of handlers that have a limit.</summary>
    public IReadOnlyDictionary<string, int> QueueLimits { get; }

    /// <summary>The handler that runs jobs of this name, if this process has it.</summary>
    public HandlerRegistration? Find(string name) => _handlers.GetValueOrDefault(name);

    private void Add(string name, HandlerRegistration registration)
    {
        if (!_handlers.TryAdd(name, registration))
        {
            throw Errors.HandlerRegisteredTwice(name);
        }
    }

    private Dictionary<string, int> FindQueueLimits()
    {
        var limits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var limited in All)
        {
            if (limited.Options is not { ConcurrencyLimit: { } limit, Queue: { } queue })
            {
                continue;
            }

            foreach (var other in All)
            {
                if (other != limited && string.Equals(other.Options.Queue ?? JobRecord.DefaultQueue, queue, StringComparison.Ordinal))
                {
                    throw Errors.LimitedQueueShared(limited.Name, queue, other.Name);
                }
            }

            limits.Add(queue, limit);
        }

        return limits;
    }
}
