using System.Text.RegularExpressions;

namespace JobQueue.DeadLetters;

/// <summary>
/// Turns the names that the compiler makes up for asynchronous methods, iterators, lambdas and local functions into those of
/// the source, so that a new lambda above another does not change the name of that other.
/// </summary>
internal static partial class MethodName
{
    public static string Normalise(string type, string method)
    {
        // The body of an asynchronous method or an iterator is MoveNext of a nested type that is named after it.
        if (method == "MoveNext" && StateMachine().Match(type) is { Success: true } machine)
        {
            type = type[..machine.Index];
            method = machine.Groups["method"].Value;
        }

        method = Lambda().Replace(method, "lambda in ${outer}");
        return Closure().Replace(type, "") + "." + LocalFunction().Replace(method, "${inner} in ${outer}");
    }

    /// <summary><c>+&lt;SyncAsync&gt;d__5</c>, or <c>+&lt;&lt;Map&gt;b__0_1&gt;d</c> for a lambda.</summary>
    [GeneratedRegex(@"\+<(?<method>[^+]+)>d(__[0-9]+)?(`[0-9]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex StateMachine();

    /// <summary><c>+&lt;&gt;c</c> and <c>+&lt;&gt;c__DisplayClass3_0</c>, which hold lambdas.</summary>
    [GeneratedRegex(@"\+<>c(__DisplayClass[0-9]+_[0-9]+)?(`[0-9]+)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Closure();

    /// <summary><c>&lt;Map&gt;b__3_0</c></summary>
    [GeneratedRegex("<(?<outer>.+)>b__[0-9]+(_[0-9]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Lambda();

    /// <summary><c>&lt;Map&gt;g__Local|3_0</c></summary>
    [GeneratedRegex("<(?<outer>.+)>g__(?<inner>[^|]+)\\|[0-9]+(_[0-9]+)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LocalFunction();
}
