using JobQueue.SourceGeneration.Models;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>What two handlers can't share.</summary>
internal enum ConflictKind
{
    /// <summary>A name or an alias.</summary>
    Name,

    /// <summary>The name of an enqueue method.</summary>
    GeneratedName,

    /// <summary>The queue of a handler that limits how many of its jobs run.</summary>
    Queue,
}

/// <summary>Two handlers of an assembly that can't be side by side.</summary>
/// <param name="Kind">What they share.</param>
/// <param name="Handler">The place of the handler in the list.</param>
/// <param name="Other">The other's place.</param>
/// <param name="Value">What they share, by its value.</param>
internal sealed record HandlerConflict(ConflictKind Kind, int Handler, int Other, string Value);

/// <summary>Finds handlers of an assembly that can't be side by side.</summary>
internal static class HandlerConflicts
{
    public static IEnumerable<HandlerConflict> Find(IReadOnlyList<HandlerModel> handlers)
        => FindShared(handlers, ConflictKind.Name, static handler => [handler.Name, .. handler.Options.Aliases])
            .Concat(FindShared(handlers, ConflictKind.GeneratedName, static handler => handler.EnqueueManyMethod is { } many ? [handler.EnqueueMethod, many] : [handler.EnqueueMethod]))
            .Concat(FindQueues(handlers));

    /// <summary>Those that code can be generated for: of two that share a name, the first.</summary>
    public static IReadOnlyList<HandlerModel> WithoutConflicts(IReadOnlyList<HandlerModel> handlers)
    {
        var dropped = new HashSet<int>(Find(handlers)
            .Where(static conflict => conflict.Kind != ConflictKind.Queue && conflict.Other < conflict.Handler)
            .Select(static conflict => conflict.Handler));
        return dropped.Count == 0 ? handlers : [.. handlers.Where((_, at) => !dropped.Contains(at))];
    }

    private static IEnumerable<HandlerConflict> FindShared(IReadOnlyList<HandlerModel> handlers, ConflictKind kind, Func<HandlerModel, IEnumerable<string>> values)
    {
        var holders = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < handlers.Count; i++)
        {
            foreach (var value in values(handlers[i]))
            {
                if (!holders.TryGetValue(value, out var list))
                {
                    holders.Add(value, list = []);
                }

                list.Add(i);
            }
        }

        foreach (var shared in holders.Where(static holder => holder.Value.Count > 1))
        {
            foreach (var handler in shared.Value)
            {
                yield return new HandlerConflict(kind, handler, shared.Value.First(other => other != handler), shared.Key);
            }
        }
    }

    private static IEnumerable<HandlerConflict> FindQueues(IReadOnlyList<HandlerModel> handlers)
    {
        var byQueue = handlers.Select(static (handler, at) => (handler, at)).ToLookup(static row => row.handler.EffectiveQueue, static row => row.at, StringComparer.Ordinal);
        for (var i = 0; i < handlers.Count; i++)
        {
            var queue = handlers[i].EffectiveQueue;
            if (handlers[i].Options.HasConcurrencyLimit && byQueue[queue].Any(other => other != i))
            {
                yield return new HandlerConflict(ConflictKind.Queue, i, byQueue[queue].First(other => other != i), queue);
            }
        }
    }
}
