/** Names and what they stand for, in two columns where there is room. */
import { Box, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Facts.module.css'

export const Facts = ({ facts }: { facts: [name: string, value: ReactNode][] }) => (
  <Box component="dl" className={classes.facts}>
    {facts.map(([name, value]) => (
      <Box key={name} className={classes.fact}>
        <Text component="dt" size="sm" c="dimmed">
          {name}
        </Text>
        <Text component="dd" size="sm" m={0}>
          {value}
        </Text>
      </Box>
    ))}
  </Box>
)
