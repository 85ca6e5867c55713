using System.Collections.Frozen;
using JobQueue.Diagnostics;

namespace JobQueue.Handlers;

/// <summary>The handlers of this process by name. Immutable; safe to use from any thread.</summary>
internal sealed class HandlerRegistry
{
    private readonly FrozenDictionary<string, HandlerRegistration> _handlers;

    public HandlerRegistry(IEnumerable<HandlerRegistration> registrations)
    {
        var handlers = new Dictionary<string, HandlerRegistration>(StringComparer.Ordinal);
        foreach (var registration in registrations)
        {
            if (!handlers.TryAdd(registration.Name, registration))
            {
                throw Errors.HandlerRegisteredTwice(registration.Name);
            }
        }

        _handlers = handlers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyList<HandlerRegistration> All => _handlers.Values;

    public HandlerRegistration? Find(string name) => _handlers.GetValueOrDefault(name);
}
