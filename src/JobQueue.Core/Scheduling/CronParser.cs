using JobQueue.Diagnostics;

namespace JobQueue.Scheduling;

/// <summary>Reads a cron expression, field by field. The compiler checks attributes with it, so it keeps to what netstandard2.0 and Polyfills/ there have.</summary>
internal ref struct CronParser(ReadOnlySpan<char> text, string whole)
{
    private static readonly (string Name, string Expression)[] Macros =
    [
        ("@yearly", "0 0 0 1 1 *"), ("@annually", "0 0 0 1 1 *"), ("@monthly", "0 0 0 1 * *"), ("@weekly", "0 0 0 * * 0"), ("@daily", "0 0 0 * * *"),
        ("@midnight", "0 0 0 * * *"), ("@hourly", "0 0 * * * *"), ("@every_minute", "0 * * * * *"), ("@every_second", "* * * * * *"),
    ];

    private readonly ReadOnlySpan<char> _text = text;
    private readonly string _whole = whole;
    private int _at;
    private int _fields;
    private CronField _field = CronField.Seconds;
    private int _fieldStart;
    private CronSchedule _schedule;

    public static CronSchedule Parse(string expression, CronFormat format)
    {
        var text = expression.AsSpan().Trim(" \t");
        if (text.Length > 0 && text[0] == '@')
        {
            foreach (var (name, meaning) in Macros)
            {
                if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return new CronParser(meaning, expression).Read(CronFormat.IncludeSeconds);
                }
            }

            throw Errors.CronMacroUnknown(expression, string.Join(", ", Array.ConvertAll(Macros, static macro => macro.Name)));
        }

        return new CronParser(text, expression).Read(format);
    }

    /// <summary>How many fields a text seems to have, for those who may write five or six.</summary>
    public static CronFormat FormatOf(string expression)
        => expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;

    private CronSchedule Read(CronFormat format)
    {
        var hasSeconds = format.HasFlag(CronFormat.IncludeSeconds);
        _fields = hasSeconds ? 6 : 5;
        _schedule.Seconds = hasSeconds ? ReadField(CronField.Seconds) : 1;
        _schedule.Minutes = ReadField(CronField.Minutes);
        _schedule.Hours = ReadField(CronField.Hours);
        _schedule.DaysOfMonth = ReadField(CronField.DaysOfMonth);
        _schedule.Months = ReadField(CronField.Months);
        _schedule.DaysOfWeek = ReadField(CronField.DaysOfWeek);
        if (_at < _text.Length)
        {
            throw Errors.CronFieldCount(_whole, _fields);
        }

        if ((_schedule.DaysOfWeek & (1UL << 7)) != 0)
        {
            _schedule.DaysOfWeek = (_schedule.DaysOfWeek | 1) & 0x7F;
        }

        return _schedule;
    }

    private ulong ReadField(CronField field)
    {
        _field = field;
        SkipBlanks();
        _fieldStart = _at;
        if (_at == _text.Length)
        {
            throw Errors.CronFieldCount(_whole, _fields);
        }

        var bits = Accept('*') || Accept('?') ? ReadStar() : ReadValues();
        if (_at < _text.Length && !IsBlank(_text[_at]))
        {
            throw Wrong();
        }

        SkipBlanks();
        return bits;
    }

    private ulong ReadStar()
    {
        MarkInterval();
        return Accept('/') ? _field.Bits(_field.First, _field.Last, ReadStep()) : _field.AllBits;
    }

    private ulong ReadValues()
    {
        if (_field == CronField.DaysOfMonth && Accept('L'))
        {
            _schedule.Special |= CronSpecial.LastDayOfMonth;
            _schedule.LastDayOffset = Accept('-') ? ReadNumber(0, 30) : 0;
            AcceptNearestWeekday();
            return _field.AllBits;
        }

        var value = ReadValue();
        if (_field == CronField.DaysOfMonth && AcceptNearestWeekday())
        {
            return 1UL << value;
        }

        if (_field == CronField.DaysOfWeek && Accept('L'))
        {
            _schedule.Special |= CronSpecial.LastDayOfWeek;
            return 1UL << value;
        }

        if (_field == CronField.DaysOfWeek && Accept('#'))
        {
            _schedule.Special |= CronSpecial.NthDayOfWeek;
            _schedule.Nth = ReadNumber(1, 5);
            return 1UL << value;
        }

        var bits = ReadRange(value);
        while (Accept(','))
        {
            bits |= ReadRange(ReadValue());
        }

        return bits;
    }

    private ulong ReadRange(int from)
    {
        var to = from;
        if (Accept('-'))
        {
            MarkInterval();
            to = ReadValue();
        }
        else if (_at == _text.Length || _text[_at] != '/')
        {
            return 1UL << from;
        }
        else
        {
            to = _field.Last;
        }

        var step = 1;
        if (Accept('/'))
        {
            MarkInterval();
            step = ReadStep();
        }

        return _field.Bits(from, to, step);
    }

    private bool AcceptNearestWeekday()
    {
        if (!Accept('W'))
        {
            return false;
        }

        _schedule.Special |= CronSpecial.NearestWeekday;
        return true;
    }

    private void MarkInterval()
    {
        if (_field.IsTimeOfDay)
        {
            _schedule.Special |= CronSpecial.Interval;
        }
    }

    private int ReadStep() => ReadNumber(1, _field.Last);

    private int ReadValue()
    {
        if (_at < _text.Length && char.IsAsciiLetter(_text[_at]) && _field.Names.Length > 0 && _at + 3 <= _text.Length)
        {
            for (var i = 0; i < _field.Names.Length; i += 3)
            {
                if (_text.Slice(_at, 3).Equals(_field.Names.AsSpan(i, 3), StringComparison.OrdinalIgnoreCase))
                {
                    _at += 3;
                    return _field.First + (i / 3);
                }
            }
        }

        return ReadNumber(_field.First, _field.Last);
    }

    /// <summary>One or two digits.</summary>
    private int ReadNumber(int least, int most)
    {
        var number = 0;
        var digits = 0;
        for (; _at < _text.Length && char.IsAsciiDigit(_text[_at]); _at++, digits++)
        {
            number = (number * 10) + _text[_at] - '0';
            if (digits == 2)
            {
                throw Wrong();
            }
        }

        return digits > 0 && number >= least && number <= most ? number : throw Wrong();
    }

    private bool Accept(char c)
    {
        if (_at == _text.Length || char.ToUpperInvariant(_text[_at]) != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && IsBlank(_text[_at]))
        {
            _at++;
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private readonly CronFormatException Wrong()
    {
        var end = _fieldStart;
        while (end < _text.Length && !IsBlank(_text[end]))
        {
            end++;
        }

        return Errors.CronFieldWrong(_whole, _field.Name, _text.Slice(_fieldStart, end - _fieldStart).ToString(), _field.Allowed);
    }
}
