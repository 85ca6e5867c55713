using System.Diagnostics;

namespace JobQueue.Diagnostics;

/// <summary>What a record keeps of the caller's trace: W3C's <c>traceparent</c> and <c>tracestate</c>.</summary>
internal static class TraceContext
{
    /// <summary>Longest <c>tracestate</c> that W3C asks to be passed on; a longer one is left out, as it allows.</summary>
    private const int MaxStateLength = 512;

    /// <summary>That of the present activity, which is the span of the enqueue itself while somebody listens; nulls when there is none.</summary>
    public static (string? Parent, string? State) OfCaller()
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } parent } activity)
        {
            return (null, null);
        }

        var state = activity.TraceStateString;
        return (parent, state is { Length: > 0 and <= MaxStateLength } ? state : null);
    }
}
